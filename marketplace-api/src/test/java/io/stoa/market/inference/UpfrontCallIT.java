package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that are paid before their provider is asked. */
class UpfrontCallIT {
  @AutoClose private static Shop shop;
  private static SigningKey buyer;

  @BeforeAll
  static void open() {
    shop = Shop.paidUpfront(RunningMarket.shared());
    buyer = shop.buyerWith(1_000_000);
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void theFlowIsAdvertisedAndNoOtherWayToPay() {
    // When
    var accepts = shop.terms().path("accepts");

    // Then
    assertThat(accepts).hasSize(1);
    assertThat(accepts.at("/0/scheme").asText()).isEqualTo("exact");
    assertThat(accepts.at("/0/extra/paymentFlow").asText()).isEqualTo("upfront");
  }

  @Test
  void theMoneyArrivesBeforeTheProviderIsAsked() {
    // Given
    var before = shop.earned();
    var earned = new AtomicReference<BigInteger>();
    shop.provider.does(
        (exchange, _) -> {
          earned.set(shop.earned());
          ScriptedProvider.send(exchange, 200, "forty-two");
        });
    var draft = shop.draft(buyer).signed();

    // When
    var answer = shop.pay(draft.header(), "hello");
    var again = shop.pay(draft.header(), "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("forty-two");
    assertThat(earned.get()).isEqualTo(before.add(Shop.PRICE));
    assertThat(settlement(answer).path("success").booleanValue()).isTrue();
    var receipt =
        Shop.json(
            shop.market.get(answer.headers().firstValue("Stoa-Receipt").orElseThrow()).body());
    assertThat(receipt.path("transaction")).isEqualTo(settlement(answer).path("transaction"));
    assertThat(again.body()).isEqualTo(answer.body());
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void aFailureTellsTheSettlementAndTheSamePaymentAsksAgain() {
    // Given
    var before = shop.earned();
    var draft = shop.draft(buyer).signed();
    fails(500);

    // When
    var failed = shop.pay(draft.header(), "hello");
    fails(422);
    var declined = shop.pay(draft.header(), "hello");
    shop.provider.echoes();
    var served = shop.pay(draft.header(), "hello");

    // Then
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(failed.body()).contains("charged").doesNotContain("Nothing was charged");
    assertThat(declined.statusCode()).isEqualTo(422);
    assertThat(served.statusCode()).isEqualTo(200);
    assertThat(settlement(failed).path("success").booleanValue()).isTrue();
    assertThat(settlement(declined).path("transaction"))
        .isEqualTo(settlement(failed).path("transaction"));
    assertThat(settlement(served).path("transaction"))
        .isEqualTo(settlement(failed).path("transaction"));
    assertThat(shop.earned()).isEqualTo(before.add(Shop.PRICE));
  }

  @Test
  void whatIsNeverServedIsAPublicDebtUntilItIsPaidBack() {
    // Given
    shop.pay(shop.draft(buyer).signed().header(), "what the owner's part is paid from");
    var draft = shop.draft(buyer).signed();
    fails(500);
    shop.pay(draft.header(), "hello");
    shop.pay(draft.header(), "hello");
    var owed = owed();

    // When
    var last = shop.pay(draft.header(), "hello");
    var again = shop.pay(draft.header(), "hello");

    // Then
    assertThat(last.statusCode()).isEqualTo(502);
    assertThat(Shop.json(last.body()).path("code").asText()).isEqualTo("refund-due");
    assertThat(settlement(last).path("success").booleanValue()).isTrue();
    assertThat(again.statusCode()).isEqualTo(502);
    assertThat(Shop.json(again.body()).path("code").asText()).isEqualTo("refund-due");
    assertThat(shop.provider.calls()).isEqualTo(3);
    assertThat(shop.status(draft)).isEqualTo("REFUND_DUE");
    assertThat(shop.payment(draft).path("amount").asText()).isEqualTo("1000");
    await().untilAsserted(() -> assertThat(owed()).isEqualTo(owed.add(Shop.PRICE)));

    // When
    shop.finish(draft);
    var before = shop.balanceOf(buyer.address());
    refund(draft);

    // Then
    assertThat(shop.balanceOf(buyer.address())).isEqualTo(before.add(Shop.PRICE));
    await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              shop.chain("evm_mine");
              return shop.status(draft).equals("REFUNDED");
            });
    assertThat(shop.payment(draft).path("refund").asText()).matches("0x[0-9a-f]{64}");
    assertThat(shop.pay(draft.header(), "hello").statusCode()).isEqualTo(409);
    await().untilAsserted(() -> assertThat(owed()).isEqualTo(owed));
  }

  private static void fails(int status) {
    shop.provider.does((exchange, _) -> ScriptedProvider.send(exchange, status, "trouble"));
  }

  /** By all providers of this market. */
  private static BigInteger owed() {
    var debts = Shop.json(shop.market.get("/v1/reconciliation").body());
    var amount = debts.at("/payments/refundsDue/0/amount").asText("0");
    return new BigInteger(amount.isEmpty() ? "0" : amount);
  }

  private static void refund(DraftPayment draft) {
    var data =
        Abi.call(
            Abi.selector("refund(address,address,uint256,bytes32)"),
            Abi.word(draft.token()),
            Abi.word(buyer.address()),
            Abi.word(Shop.PRICE),
            draft.id().value());
    var splitter = Address.parse(shop.listing.path("splitter").asText());
    shop.market
        .surroundings()
        .send(
            Surroundings.wallet("provider"),
            UnsignedTransaction.call(draft.chain(), splitter, Bytes.wrap(data)));
  }

  private static JsonNode settlement(HttpResponse<String> answer) {
    return DraftPayment.decode(answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow());
  }
}
