package io.stoa.x402.server;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.extension.PaymentBinding;
import io.stoa.x402.facilitator.Facilitator;
import io.stoa.x402.facilitator.FacilitatorFailure;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.permit2.Permit2Payments;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Charges requests a fixed price (scheme {@code exact}): verify, take, work, settle, reply. The
 * work is done at most once for a payment, and its result is given out only once the payment is
 * settled; while nobody knows, it is kept for the same request to be sent again. Blocks: call from
 * a virtual thread.
 *
 * @param <T> what the work gives
 */
public final class Paywall<T> {
  private static final int MOST_UNDECIDED = 1_000;
  private static final BigInteger LATEST = BigInteger.valueOf(253_402_300_799L);
  private static final Duration MARGIN = Duration.ofHours(1);

  private final Facilitator facilitator;
  private final TakenPayments taken;
  private final List<PaymentRequirements> options;
  private final InstantSource clock;
  private final Map<PaymentId, Undecided<T>> undecided = new ConcurrentHashMap<>();

  /**
   * Work that was done for a payment of which nobody knows yet whether it is settled.
   *
   * @param binding of the payment and the request that it was done for
   * @param end from when on nobody can settle the payment any more
   * @param isAsked whether a copy of the request is asking what became of it
   */
  private record Undecided<T>(Bytes32 binding, Instant end, T result, AtomicBoolean isAsked) {}

  /**
   * @param options to pay, the preferred one first; all of scheme {@code exact}. Fails when {@code
   *     facilitator} cannot settle one of them
   */
  public Paywall(Facilitator facilitator, TakenPayments taken, List<PaymentRequirements> options) {
    this(facilitator, taken, options, Clock.systemUTC());
  }

  Paywall(
      Facilitator facilitator,
      TakenPayments taken,
      List<PaymentRequirements> options,
      InstantSource clock) {
    var supported = facilitator.supported();
    for (var option : options) {
      if (!option.scheme().equals(ExactEip3009.SCHEME)
          || supported.find(option.scheme(), option.network()).isEmpty()) {
        throw new IllegalArgumentException(
            "the facilitator does not settle %s on %s"
                .formatted(option.scheme(), option.network()));
      }
    }
    this.facilitator = facilitator;
    this.taken = taken;
    this.options = List.copyOf(options);
    this.clock = clock;
  }

  /**
   * An option to pay {@code price} by EIP-3009, within a minute.
   *
   * @param tokenName as the token itself says it, like {@code tokenVersion}
   */
  public static PaymentRequirements price(
      TokenAmount price, Address payTo, String tokenName, String tokenVersion) {
    return new PaymentRequirements(
        ExactEip3009.SCHEME,
        price.asset().chain(),
        price.units(),
        price.asset().token(),
        payTo,
        60,
        HeaderCodec.object().put("name", tokenName).put("version", tokenVersion));
  }

  /**
   * Does {@code work} for whoever pays.
   *
   * @param url of what is sold, as the public knows it
   * @param request that {@code payment} came with: a result that waits is given out for the very
   *     same only. Once its payment is on the chain a request without a body can be rebuilt, so put
   *     into the target or the body what nobody else can guess where the result is a secret
   * @param payment the header {@code PAYMENT-SIGNATURE}, null where there is none
   * @throws Exception what {@code work} throws: nothing is charged then, and the payment is good
   *     for another try
   */
  public Served<T> charge(
      String url, RequestDigest request, @Nullable String payment, Callable<T> work)
      throws Exception {
    var required =
        new PaymentRequired(
            PaymentRequired.NO_PAYMENT,
            new PaymentRequired.Resource(url, "", ""),
            options,
            HeaderCodec.object());
    if (payment == null) {
      return Served.unpaid(402, required.header());
    }
    try {
      var payload = PaymentPayload.read(payment);
      var option = required.find(payload.accepted());
      var objection =
          option.isEmpty()
              ? Optional.of("invalid_payment_requirements")
              : required.objection(payload);
      return objection.isPresent()
          ? refused(required, objection.get())
          : charge(required, payload, option.orElseThrow(), request, work);
    } catch (MalformedPayment malformed) {
      return Served.unpaid(400, required.because(malformed.reason()).header());
    } catch (FacilitatorFailure failure) {
      return Served.later();
    }
  }

  private Served<T> charge(
      PaymentRequired required,
      PaymentPayload payload,
      PaymentRequirements option,
      RequestDigest request,
      Callable<T> work)
      throws Exception {
    SignedPayment signed =
        Permit2Payments.isOne(payload) ? Permit2Payments.read(payload) : ExactEip3009.read(payload);
    var binding = PaymentBinding.of(payload, request);
    var waiting = undecided.get(signed.key().id());
    if (waiting != null && waiting.binding.equals(binding)) {
      return settleAgain(required, payload, option, signed, waiting);
    }
    if (facilitator.verify(payload, option) instanceof VerifyResponse.Invalid invalid) {
      return refused(required, invalid.reason());
    }
    if (!hasRoom()) {
      return Served.later();
    }
    if (!taken.take(signed.key(), end(signed).plus(MARGIN))) {
      return refused(required, "payment_already_used");
    }
    T result;
    try {
      result = work.call();
    } catch (Throwable failure) {
      taken.giveBack(signed.key());
      throw failure;
    }
    return settle(
        required,
        payload,
        option,
        signed,
        new Undecided<>(binding, lastUse(signed, option), result, new AtomicBoolean()));
  }

  /** Of copies that come at once, one asks and the others are to come again. */
  private Served<T> settleAgain(
      PaymentRequired required,
      PaymentPayload payload,
      PaymentRequirements option,
      SignedPayment signed,
      Undecided<T> waiting) {
    if (!waiting.isAsked.compareAndSet(false, true)) {
      return Served.later();
    }
    try {
      return settle(required, payload, option, signed, waiting);
    } finally {
      // Once it is given out, nobody else may ask.
      waiting.isAsked.set(!undecided.containsKey(signed.key().id()));
    }
  }

  /** Gives the result out, or keeps it for the same request to be sent again. */
  private Served<T> settle(
      PaymentRequired required,
      PaymentPayload payload,
      PaymentRequirements option,
      SignedPayment signed,
      Undecided<T> done) {
    var id = signed.key().id();
    SettlementResponse settled;
    try {
      settled = facilitator.settle(payload, option);
    } catch (FacilitatorFailure failure) {
      undecided.put(id, done);
      return Served.later();
    }
    var reason = Objects.requireNonNullElse(settled.errorReason(), "unexpected_settle_error");
    if (!settled.success() && reason.equals(SettlementResponse.PENDING)) {
      undecided.put(id, done);
      return Served.later();
    }
    undecided.remove(id);
    return settled.success()
        ? Served.paid(done.result, settled.header())
        : Served.failed(required.because(reason).header(), settled.header());
  }

  /** What can be settled no more gives way to what can, but not before it must. */
  private boolean hasRoom() {
    if (undecided.size() >= MOST_UNDECIDED) {
      var now = clock.instant();
      undecided.values().removeIf(waiting -> waiting.end.isBefore(now));
    }
    return undecided.size() < MOST_UNDECIDED;
  }

  private static <T> Served<T> refused(PaymentRequired required, String reason) {
    return Served.unpaid(402, required.because(reason).header());
  }

  /** When the payment can be settled no more. */
  private static Instant end(SignedPayment signed) {
    return Instant.ofEpochSecond(signed.expiry().min(LATEST).longValueExact());
  }

  /** The same, for who let it live for longer than it was asked to. */
  private Instant lastUse(SignedPayment signed, PaymentRequirements option) {
    var asked = clock.instant().plusSeconds(option.maxTimeoutSeconds());
    var end = end(signed);
    return end.isBefore(asked) ? end : asked;
  }
}
