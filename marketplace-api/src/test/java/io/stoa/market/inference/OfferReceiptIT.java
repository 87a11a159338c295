package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.extension.OfferReceipt;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the node signs for buyers to keep. */
class OfferReceiptIT {
  @AutoClose private static Shop shop;
  private static SigningKey buyer;
  private static Address attester;

  @BeforeAll
  static void open() {
    shop = Shop.in(RunningMarket.shared());
    buyer = shop.buyerWith(1_000_000);
    var document = Shop.json(shop.market.get("/.well-known/did.json").body());
    var account = document.at("/verificationMethod/1/blockchainAccountId").asText();
    attester = Address.parse(account.substring(account.lastIndexOf(':') + 1));
  }

  @BeforeEach
  void listen() {
    shop.provider.echoes();
  }

  @Test
  void rule67EveryWayToPayIsOfferedUnderTheKeyThatTheNodePublishes() throws MalformedPayment {
    // When
    var required = required(shop.ask("{}"));

    // Then
    var offers = OfferReceipt.offers(required);
    assertThat(offers).hasSameSizeAs(required.accepts());
    for (int i = 0; i < offers.size(); i++) {
      assertThat(offers.get(i).isBy(attester)).isTrue();
      assertThat(offers.get(i).statement().isFor(required.accepts().get(i))).isTrue();
      assertThat(offers.get(i).statement().resourceUrl())
          .isEqualTo(shop.market.origin() + shop.path());
      assertThat(offers.get(i).statement().hasExpired(Instant.now().plusSeconds(60))).isFalse();
    }
  }

  @Test
  void rule21AnEchoOfOffersIsNoDutyAndNoFault() {
    // Given
    var terms = shop.terms();
    var draft = new DraftPayment(buyer, terms).signed();

    // When
    var answer =
        shop.pay(
            draft.bent(message -> message.set("extensions", terms.path("extensions"))).header(),
            "hello");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void rule67APaymentOfItsOwnHasAReceipt() throws MalformedPayment {
    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    isReceipt(answer, buyer.address());
  }

  @Test
  void rule67ACallOutOfAChannelHasAReceipt() throws MalformedPayment {
    // Given
    var wallet = ChannelWallet.with(shop, 20_000);

    // When
    var answer = wallet.call("hello");

    // Then
    isReceipt(answer, wallet.key.address());
  }

  @Test
  void rule67WhatCameToNothingHasNoReceipt() {
    // Given
    shop.provider.does((exchange, body) -> ScriptedProvider.send(exchange, 422, "no such model"));

    // When
    var answer = shop.pay(shop.draft(buyer).signed().header(), "hello");

    // Then
    assertThat(answer.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
  }

  private static void isReceipt(HttpResponse<String> answer, Address payer)
      throws MalformedPayment {
    assertThat(answer.statusCode()).isEqualTo(200);
    var receipt = OfferReceipt.receipt(ChannelWallet.settlement(answer)).orElseThrow();
    assertThat(receipt.isBy(attester)).isTrue();
    assertThat(receipt.statement().payer()).isEqualTo(payer.toString());
    assertThat(receipt.statement().network()).isEqualTo("eip155:31337");
    assertThat(receipt.statement().resourceUrl()).isEqualTo(shop.market.origin() + shop.path());
    assertThat(Instant.ofEpochSecond(receipt.statement().issuedAt()))
        .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
  }

  private static PaymentRequired required(HttpResponse<String> answer) throws MalformedPayment {
    return PaymentRequired.read(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
  }
}
