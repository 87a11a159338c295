package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.extension.Offer;
import io.stoa.x402.extension.OfferReceipt;
import io.stoa.x402.extension.Receipt;
import io.stoa.x402.extension.Signed;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttestationsTest {
  private static final SigningKey ATTESTER = SigningKey.of(Bytes32.of(BigInteger.TEN));
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Address ACCOUNT =
      Address.parse("0x2000000000000000000000000000000000004020");
  private static final Address BUYER = SigningKey.of(Bytes32.of(BigInteger.TWO)).address();
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private Instant now = NOON;
  private final Attestations attestations =
      new Attestations(ATTESTER, Duration.ofMinutes(1), () -> now, Runnable::run);

  @Test
  void theSameOfferIsGivenOutForAWhile() throws MalformedPayment {
    // Given
    var first = offer(1000);

    // When
    now = NOON.plusSeconds(59);
    var within = offer(1000);
    now = NOON.plusSeconds(60);
    var after = offer(1000);

    // Then
    assertThat(within).isEqualTo(first);
    assertThat(after.statement().validUntil()).isEqualTo(first.statement().validUntil() + 60);
  }

  @Test
  void anOfferIsGoodForAsLongAsAPaymentMayLive() throws MalformedPayment {
    for (int second = 0; second < 120; second += 7) {
      now = NOON.plusSeconds(second);

      assertThat(offer(1000).statement().hasExpired(now.plusSeconds(60))).isFalse();
    }
  }

  @Test
  void anotherPriceIsAnotherOffer() throws MalformedPayment {
    assertThat(offer(1000).statement().amount()).isEqualTo("1000");
    assertThat(offer(2000).statement().amount()).isEqualTo("2000");
    assertThat(offer(2000).isBy(ATTESTER.address())).isTrue();
  }

  @Test
  void whatIsAskedForAgainStaysAtHandWhateverStrangersAskFor() {
    // Given
    attestations.sign(required(1000));

    // When
    for (int i = 0; i < 2_500; i++) {
      attestations.sign(required(1000, longPath(i)));
      if (i % 500 == 0) {
        assertThat(attestations.known(required(1000))).as("after " + i).isPresent();
      }
    }

    // Then
    assertThat(attestations.known(required(1000))).isPresent();
    assertThat(
            IntStream.range(0, 2_500)
                .filter(i -> attestations.known(required(1000, longPath(i))).isPresent()))
        .hasSizeLessThan(1_000);
  }

  @Test
  void receiptsAreNotRememberedWithoutBound() {
    // Given
    Set<ObjectNode> issued = Collections.newSetFromMap(new IdentityHashMap<>());

    // When
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2_500; i++) {
        issued.add(receipt(BUYER, longPath(i), NOON));
      }
    }

    // Then
    assertThat(issued).hasSizeGreaterThan(4_000);
  }

  @Test
  void whoCallsAgainWithinASecondGetsTheSameReceipt() {
    // Given
    var first = receipt(BUYER, "/x/a/b", NOON);

    // When, Then
    assertThat(receipt(BUYER, "/x/a/b", NOON.plusMillis(999))).isSameAs(first);
    assertThat(receipt(BUYER, "/x/a/b", NOON.plusMillis(1_000))).isNotEqualTo(first);
  }

  @Test
  void aReceiptSaysWhoPaidForWhatAndWhen() throws MalformedPayment {
    for (var payer : List.of(BUYER, ACCOUNT)) {
      for (var path : List.of("/x/a/b", "/x/a/c")) {
        for (int second : List.of(0, 1, 2, 1, 0)) {
          var at = NOON.plusSeconds(second);

          var issued = OfferReceipt.receipt(confirmed(payer, path, at)).orElseThrow();

          assertThat(issued.statement())
              .isEqualTo(
                  new Receipt(CHAIN.toString(), path, payer.toString(), at.getEpochSecond(), ""));
          assertThat(issued.isBy(ATTESTER.address())).isTrue();
        }
      }
    }
  }

  private ObjectNode receipt(Address payer, String resource, Instant at) {
    return (ObjectNode) confirmed(payer, resource, at).extensions().get(OfferReceipt.KEY);
  }

  private SettlementResponse confirmed(Address payer, String resource, Instant at) {
    return attestations.receipt(SettlementResponse.offChain(CHAIN, payer), resource, at);
  }

  private Signed<Offer> offer(long price) throws MalformedPayment {
    var required = required(price);
    var offered = attestations.known(required).orElseGet(() -> attestations.sign(required));
    return OfferReceipt.offers(offered).getFirst();
  }

  private static String longPath(int number) {
    return "/x/a/b/" + number + "/" + "c".repeat(8_000);
  }

  private static PaymentRequired required(long price) {
    return required(price, "/x/a/b");
  }

  private static PaymentRequired required(long price, String path) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource("https://m.example" + path, "a thing", "application/json"),
        List.of(
            new PaymentRequirements(
                "exact",
                CHAIN,
                BigInteger.valueOf(price),
                ACCOUNT,
                ACCOUNT,
                60,
                HeaderCodec.object())),
        HeaderCodec.object());
  }
}
