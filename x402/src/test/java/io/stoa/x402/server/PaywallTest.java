package io.stoa.x402.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.facilitator.Facilitator;
import io.stoa.x402.facilitator.FacilitatorFailure;
import io.stoa.x402.facilitator.SupportedKinds;
import io.stoa.x402.facilitator.VerifyResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PaywallTest {
  private static final PaymentRequirements PRICE =
      Paywall.price(TokenAmount.of(Example.ASSET, 1000), Example.PAY_TO, "USD Coin", "2");
  private static final SettlementResponse SETTLED =
      SettlementResponse.settled(
          new TxHash(Bytes32.ZERO), Example.ASSET.chain(), Example.PAYER.address(), PRICE.amount());

  private static final RequestDigest REQUEST = request("POST", "why");

  private final ScriptedFacilitator facilitator = new ScriptedFacilitator();
  private final AtomicInteger works = new AtomicInteger();
  private final Paywall<String> paywall =
      new Paywall<>(facilitator, new TakenInMemory(Clock.systemUTC()), List.of(PRICE));

  @Test
  void rule01WhoDoesNotPayIsToldThePrice() throws Exception {
    // When
    var served = paywall.charge(Example.URL, REQUEST, null, this::work);

    // Then
    assertThat(served.status()).isEqualTo(402);
    assertThat(served.body()).isEmpty();
    assertThat(served.headers()).containsEntry("Cache-Control", "no-store");
    var required = PaymentRequired.read(header(served, X402.PAYMENT_REQUIRED));
    assertThat(required.resource().url()).isEqualTo(Example.URL);
    assertThat(required.accepts()).containsExactly(PRICE);
    assertThat(works).hasValue(0);
  }

  @Test
  void rule12WhoPaysIsServed() throws Exception {
    // When
    var served = paywall.charge(Example.URL, REQUEST, payment(), this::work);

    // Then
    assertThat(served.status()).isEqualTo(200);
    assertThat(served.body()).contains("work 1");
    assertThat(SettlementResponse.read(header(served, X402.PAYMENT_RESPONSE)).success()).isTrue();
    assertThat(served.headers().get("Cache-Control")).contains("private");
  }

  @Test
  void rule37OfFiftyCopiesAtOnceOneIsServed() throws Exception {
    // Given
    var payment = payment();
    Callable<Integer> visit =
        () -> paywall.charge(Example.URL, REQUEST, payment, this::work).status();

    // When
    List<Integer> statuses;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      statuses =
          threads.invokeAll(Collections.nCopies(50, visit)).stream()
              .map(
                  future -> {
                    try {
                      return future.get();
                    } catch (Exception failure) {
                      throw new AssertionError(failure);
                    }
                  })
              .toList();
    }

    // Then
    assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
    assertThat(statuses).filteredOn(status -> status == 402).hasSize(49);
    assertThat(works).hasValue(1);
    assertThat(facilitator.settlements).hasValue(1);
  }

  @Test
  void rule14AFailureOfTheWorkIsNotCharged() throws Exception {
    // Given
    var payment = payment();

    // When
    assertThatThrownBy(
            () ->
                paywall.charge(
                    Example.URL,
                    REQUEST,
                    payment,
                    () -> {
                      throw new IllegalStateException("out of order");
                    }))
        .hasMessage("out of order");

    // Then
    assertThat(facilitator.settlements).hasValue(0);
    assertThat(paywall.charge(Example.URL, REQUEST, payment, this::work).status()).isEqualTo(200);
  }

  @Test
  void rule13AFailedSettlementGivesNothingOut() throws Exception {
    // Given
    facilitator.settles.add(
        () ->
            SettlementResponse.failed(Example.ASSET.chain(), Example.PAYER.address(), "invalid_x"));

    // When
    var served = paywall.charge(Example.URL, REQUEST, payment(), this::work);

    // Then
    assertThat(served.status()).isEqualTo(402);
    assertThat(served.body()).isEmpty();
    assertThat(SettlementResponse.read(header(served, X402.PAYMENT_RESPONSE)).success()).isFalse();
    assertThat(PaymentRequired.read(header(served, X402.PAYMENT_REQUIRED)).error())
        .isEqualTo("invalid_x");
  }

  @Test
  void rule42WhileNobodyKnowsTheResultWaitsForTheSameRequest() throws Exception {
    // Given
    var payment = payment();
    facilitator.settles.add(
        () -> {
          throw new FacilitatorFailure.Unanswered(
              URI.create("https://f.example"), "did not answer", null);
        });
    facilitator.settles.add(
        () ->
            SettlementResponse.failed(
                Example.ASSET.chain(), Example.PAYER.address(), SettlementResponse.PENDING));

    // When
    var first = paywall.charge(Example.URL, REQUEST, payment, this::work);
    var second = paywall.charge(Example.URL, REQUEST, payment, this::work);
    var elsewhere =
        paywall.charge(
            Example.URL + "/other", REQUEST, payment(Example.URL + "/other", payment), this::work);
    var third = paywall.charge(Example.URL, REQUEST, payment, this::work);

    // Then
    assertThat(first.status()).isEqualTo(503);
    assertThat(second.status()).isEqualTo(503);
    assertThat(elsewhere.status()).isEqualTo(402);
    assertThat(third.body()).contains("work 1");
  }

  @Test
  void aResultThatWaitsIsGivenOutForTheVerySamePaymentAndRequestOnly() throws Exception {
    // Given
    var payment = payment();
    facilitator.settles.add(PaywallTest::pending);
    paywall.charge(Example.URL, REQUEST, payment, this::work);

    // When
    var otherBody = paywall.charge(Example.URL, request("POST", "how"), payment, this::work);
    var otherMethod = paywall.charge(Example.URL, request("PUT", "why"), payment, this::work);
    facilitator.isValid = false;
    var junk = paywall.charge(Example.URL, REQUEST, badlySigned(payment), this::work);
    var same = paywall.charge(Example.URL, REQUEST, payment, this::work);

    // Then
    assertThat(otherBody.status()).isEqualTo(402);
    assertThat(otherMethod.status()).isEqualTo(402);
    assertThat(junk.status()).isEqualTo(402);
    assertThat(same.body()).contains("work 1");
    assertThat(facilitator.settlements).hasValue(2);
  }

  @Test
  void aResultWaitsUntilItsPaymentIsSettledOrFails() throws Exception {
    // Given
    var payment = payment();
    facilitator.settles.add(PaywallTest::pending);
    facilitator.settles.add(
        () -> {
          throw new IllegalStateException("a bug");
        });
    facilitator.settles.add(
        () ->
            SettlementResponse.failed(Example.ASSET.chain(), Example.PAYER.address(), "invalid_x"));
    paywall.charge(Example.URL, REQUEST, payment, this::work);

    // When
    assertThatThrownBy(() -> paywall.charge(Example.URL, REQUEST, payment, this::work))
        .hasMessage("a bug");
    var failed = paywall.charge(Example.URL, REQUEST, payment, this::work);
    var after = paywall.charge(Example.URL, REQUEST, payment, this::work);

    // Then
    assertThat(failed.headers()).containsKey(X402.PAYMENT_RESPONSE);
    assertThat(after.status()).isEqualTo(402);
    assertThat(after.headers()).doesNotContainKey(X402.PAYMENT_RESPONSE);
    assertThat(works).hasValue(1);
  }

  @Test
  void ofCopiesThatAskAtOnceOneGetsWhatWaits() throws Exception {
    // Given
    var payment = payment();
    facilitator.settles.add(PaywallTest::pending);
    paywall.charge(Example.URL, REQUEST, payment, this::work);
    var meanwhile = new AtomicInteger();
    facilitator.settles.add(
        () -> {
          try {
            meanwhile.set(paywall.charge(Example.URL, REQUEST, payment, this::work).status());
          } catch (Exception failure) {
            throw new AssertionError(failure);
          }
          return SETTLED;
        });

    // When
    var served = paywall.charge(Example.URL, REQUEST, payment, this::work);

    // Then
    assertThat(served.body()).contains("work 1");
    assertThat(meanwhile).hasValue(503);
  }

  @Test
  void whatCannotBeSettledAnyMoreKeepsNobodyOut() throws Exception {
    // Given
    var now = new AtomicReference<>(Instant.now());
    var full =
        new Paywall<String>(
            facilitator, new TakenInMemory(Clock.systemUTC()), List.of(PRICE), now::get);
    for (int pending = 0; pending < 1_000; pending++) {
      facilitator.settles.add(PaywallTest::pending);
      full.charge(Example.URL, REQUEST, payment(), this::work);
    }

    // When
    var before = full.charge(Example.URL, REQUEST, payment(), this::work);
    now.set(Instant.now().plusSeconds(PRICE.maxTimeoutSeconds() + 1));
    var after = full.charge(Example.URL, REQUEST, payment(), this::work);

    // Then
    assertThat(before.status()).isEqualTo(503);
    assertThat(after.status()).isEqualTo(200);
  }

  @Test
  void rule15WithoutAFacilitatorNothingIsGivenOutAndNothingTaken() throws Exception {
    // Given
    var payment = payment();
    facilitator.isAway = true;

    // When
    var served = paywall.charge(Example.URL, REQUEST, payment, this::work);
    facilitator.isAway = false;

    // Then
    assertThat(served.status()).isEqualTo(503);
    assertThat(paywall.charge(Example.URL, REQUEST, payment, this::work).status()).isEqualTo(200);
  }

  @Test
  void rule17OnlyWhatIsOfferedIsTaken() throws Exception {
    var cheaper =
        new Paywall<String>(
            facilitator,
            new TakenInMemory(Clock.systemUTC()),
            List.of(
                Paywall.price(
                    TokenAmount.of(Example.ASSET, 999), Example.PAY_TO, "USD Coin", "2")));

    assertThat(cheaper.charge(Example.URL, REQUEST, payment(), this::work).status()).isEqualTo(402);
    assertThat(cheaper.charge(Example.URL, REQUEST, "garbage", this::work).status()).isEqualTo(400);
    assertThat(works).hasValue(0);
  }

  @Test
  void rule63WhatTheFacilitatorCannotSettleIsNotOffered() {
    var elsewhere = new Asset(new ChainId(1), Example.ASSET.token());
    var option = Paywall.price(TokenAmount.of(elsewhere, 1), Example.PAY_TO, "USD Coin", "2");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Paywall<String>(
                    facilitator, new TakenInMemory(Clock.systemUTC()), List.of(option)));
  }

  private String work() {
    return "work " + works.incrementAndGet();
  }

  private static SettlementResponse pending() {
    return SettlementResponse.failed(
        Example.ASSET.chain(), Example.PAYER.address(), SettlementResponse.PENDING);
  }

  private static RequestDigest request(String method, String body) {
    return new RequestDigest(method, "/answers", Bytes32.sha256(body.getBytes(UTF_8)));
  }

  /** Its nonce and payer, as the chain shows them to everybody, under another signature. */
  private static String badlySigned(String header) throws MalformedPayment {
    var json = HeaderCodec.decode(header).json();
    ((ObjectNode) json.path("payload")).put("signature", "0x" + "11".repeat(65));
    return HeaderCodec.encode(json);
  }

  /** The same payment, said to be for another resource: nothing signed says otherwise. */
  private static String payment(String url, String header) throws MalformedPayment {
    var json = HeaderCodec.decode(header).json();
    json.putObject("resource").put("url", url);
    return HeaderCodec.encode(json);
  }

  private static String payment() {
    var required =
        new PaymentRequired(
            PaymentRequired.NO_PAYMENT,
            new PaymentRequired.Resource(Example.URL, "", ""),
            List.of(PRICE),
            HeaderCodec.object());
    return new Buyer(Example.PAYER, TokenAmount.of(Example.ASSET, 1000), Clock.systemUTC())
        .pay(required, PRICE)
        .header();
  }

  private static String header(Served<?> served, String name) {
    return Optional.ofNullable(served.headers().get(name)).orElseThrow();
  }

  /** Takes every payment, unless it is told otherwise. */
  private static final class ScriptedFacilitator implements Facilitator {
    final Queue<Supplier<SettlementResponse>> settles = new ArrayDeque<>();
    final AtomicInteger settlements = new AtomicInteger();
    volatile boolean isAway;
    volatile boolean isValid = true;

    @Override
    public SupportedKinds supported() {
      return new SupportedKinds(
          List.of(
              new SupportedKinds.Kind(
                  2, "exact", Example.ASSET.chain().toString(), HeaderCodec.object())),
          List.of(),
          Map.of());
    }

    @Override
    public VerifyResponse verify(PaymentPayload payment, PaymentRequirements requirements) {
      if (isAway) {
        throw new FacilitatorFailure.Unavailable(URI.create("https://f.example"), "is away", null);
      }
      return isValid
          ? new VerifyResponse.Valid(Example.PAYER.address())
          : VerifyResponse.Invalid.because("invalid_x");
    }

    @Override
    public SettlementResponse settle(PaymentPayload payment, PaymentRequirements requirements) {
      settlements.incrementAndGet();
      var next = settles.poll();
      return next == null ? SETTLED : next.get();
    }
  }
}
