package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.batch.BatchReason;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls paid out of a channel, the way a buyer makes them. */
class ChannelCallIT {
  @AutoClose private static Shop shop;

  private ChannelWallet wallet;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
  }

  @BeforeEach
  void deposit() {
    shop.provider.echoes();
    wallet = ChannelWallet.with(shop, 20_000);
  }

  @Test
  void rule58EachCallIsChargedAndTheNextOneCountsOn() {
    // When
    var first = wallet.call("one");
    var second = wallet.call("two");

    // Then
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).startsWith("answer to one");
    assertThat(second.body()).startsWith("answer to two");
    assertThat(wallet.channel.charged()).isEqualTo(2_000);
    assertThat(shop.provider.calls()).isEqualTo(2);
  }

  @Test
  void rule12ASuccessfulReplyTellsWhatWasChargedAndWhereTheChannelStands() {
    // When
    var answer = wallet.call("one");

    // Then
    var settlement =
        DraftPayment.decode(answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow());
    assertThat(settlement.path("success").booleanValue()).isTrue();
    assertThat(settlement.path("network").asText()).isEqualTo("eip155:31337");
    assertThat(settlement.path("transaction").asText()).isEmpty();
    assertThat(settlement.at("/extra/chargedAmount").asText()).isEqualTo("1000");
    assertThat(settlement.at("/extra/channelState/chargedCumulativeAmount").asText())
        .isEqualTo("1000");
    assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("private");
  }

  @Test
  void rule49AnotherCeilingIsCorrectedWithWhatThePayerSignedLast() {
    // Given
    var before = wallet.channel;
    wallet.call("one");
    var known = wallet.channel;
    wallet.channel = before;

    // When
    var refused = wallet.call("two");

    // Then
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(wallet.correct(refused)).isTrue();
    assertThat(wallet.channel.charged()).isEqualTo(known.charged());
    assertThat(wallet.call("three").statusCode()).isEqualTo(200);
  }

  @Test
  void rule52AReplayedVoucherIsNotServedAgain() {
    // Given
    var payment = wallet.sign();
    shop.pay(payment.header(), "one");

    // When
    var again = shop.pay(payment.header(), "another");

    // Then
    assertThat(again.statusCode()).isEqualTo(402);
    assertThat(ChannelWallet.reason(again)).isEqualTo(BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void rule54AFailingProviderIsNotPaidForAndTheVoucherStaysGood() {
    // Given
    var payment = wallet.sign();
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 500, "trouble"));

    // When
    var failed = shop.pay(payment.header(), "one");
    shop.provider.echoes();
    var served = shop.pay(payment.header(), "one");

    // Then
    assertThat(failed.statusCode()).isEqualTo(502);
    assertThat(served.statusCode()).isEqualTo(200);
  }

  @Test
  void rule51CopiesOfOneVoucherAtOnceAreServedOnce() {
    // Given
    var payment = wallet.sign();

    // When
    var answers = Shop.atOnce(20, () -> shop.pay(payment.header(), "one"));

    // Then
    assertThat(
            answers.stream()
                .filter(answer -> answer.statusCode() == 200)
                .map(answer -> answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow())
                .distinct())
        .hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.statusCode() != 200)
        .allSatisfy(
            answer -> {
              assertThat(answer.statusCode()).isEqualTo(402);
              assertThat(ChannelWallet.reason(answer))
                  .isIn(BatchReason.CHANNEL_BUSY, BatchReason.CUMULATIVE_AMOUNT_MISMATCH);
            });
    assertThat(shop.provider.calls()).isOne();
  }

  @Test
  void theFirstCallMayBringTheMoney() {
    // Given
    var newcomer = new ChannelWallet(shop, shop.buyerWith(50_000), 0);

    // When
    var first = newcomer.call("one");
    var second = newcomer.call("two");

    // Then
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).startsWith("answer to one");
    var settlement = ChannelWallet.settlement(first);
    assertThat(settlement.transaction()).isPresent();
    assertThat(settlement.amount()).contains(newcomer.channel.balance());
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(newcomer.channel.charged()).isEqualTo(2_000);
  }

  @Test
  void theMoneyStaysWhenTheCallThatBroughtItFails() {
    for (int status : List.of(422, 500)) {
      // Given
      var newcomer = new ChannelWallet(shop, shop.buyerWith(50_000), 0);
      shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, status, "trouble"));

      // When
      var failed = newcomer.call("one");
      shop.provider.echoes();
      var next = newcomer.sign();
      var served = newcomer.call("one");

      // Then
      assertThat(failed.statusCode()).isEqualTo(status == 500 ? 502 : status);
      assertThat(ChannelWallet.settlement(failed).transaction()).isPresent();
      assertThat(next.deposit()).as("after " + status).isZero();
      assertThat(served.statusCode()).isEqualTo(200);
      assertThat(newcomer.channel.charged()).isEqualTo(1_000);
    }
  }

  @Test
  void rule59ARefundClaimsWhatIsOwedAndReturnsTheRest() {
    // Given
    wallet.call("one");
    var earned = shop.earned();

    // When
    var refunded = wallet.refund();

    // Then
    assertThat(refunded.statusCode()).isEqualTo(204);
    assertThat(ChannelWallet.settlement(refunded).amount()).contains(BigInteger.valueOf(19_000));
    assertThat(shop.balanceOf(wallet.key.address())).isEqualTo(19_000);
    assertThat(shop.earned()).isGreaterThanOrEqualTo(earned);
    assertThat(wallet.call("two").statusCode()).isEqualTo(200);
  }

  @Test
  void whoseReplyWasLostGetsItAgainForTheSameVoucherAndTheSameRequest() {
    // Given
    var lost = wallet.sign();
    var first = shop.pay(lost.header(), "one");

    // When: the client asks for the terms again, and signs for the same call anew
    var second = wallet.sign();
    var again = shop.pay(second.header(), "one");
    wallet.channel = second.channel();
    wallet.keep(second, again);

    // Then
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("PAYMENT-RESPONSE"))
        .isEqualTo(first.headers().firstValue("PAYMENT-RESPONSE"));
    assertThat(wallet.channel.charged()).isEqualTo(1_000);
    assertThat(shop.provider.calls()).isOne();
  }
}
