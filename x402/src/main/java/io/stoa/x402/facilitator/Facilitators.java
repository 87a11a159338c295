package io.stoa.x402.facilitator;

import io.stoa.domain.payment.PaymentKey;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.facilitator.FacilitatorFailure.Unavailable;
import io.stoa.x402.permit2.Permit2Payments;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Several facilitators as one. Questions go to the first that is well, and on to the next when it
 * fails. A settlement goes to one, and whoever was given an authorization keeps it: no other ever
 * gets it, also after a restart.
 */
public final class Facilitators implements Facilitator {
  private static final Duration SHORTEST_REST = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  /** A clock may be wrong by that much, and a block may be late. */
  private static final Duration MARGIN = Duration.ofHours(1);

  /** The year 9999. */
  private static final BigInteger LATEST = BigInteger.valueOf(253_402_300_799L);

  private final List<RemoteFacilitator> members;
  private final Assignments assignments;
  private final Clock clock;
  private final Map<URI, Rest> resting = new ConcurrentHashMap<>();

  /** A facilitator that failed is left alone, twice as long each time. */
  private record Rest(Duration length, Instant end) {
    static Rest after(Optional<Rest> last, Instant now) {
      var length =
          last.map(rest -> rest.length.multipliedBy(2))
              .filter(twice -> twice.compareTo(LONGEST_REST) < 0)
              .orElse(last.isPresent() ? LONGEST_REST : SHORTEST_REST);
      return new Rest(length, now.plus(length));
    }
  }

  /**
   * @param members at least one, the preferred one first
   */
  public Facilitators(List<RemoteFacilitator> members, Assignments assignments, Clock clock) {
    this.members = List.copyOf(members);
    this.assignments = assignments;
    this.clock = clock;
    if (members.isEmpty()) {
      throw new IllegalArgumentException("no facilitator");
    }
  }

  @Override
  public SupportedKinds supported() {
    return first(RemoteFacilitator::supported);
  }

  @Override
  public VerifyResponse verify(PaymentPayload payment, PaymentRequirements requirements) {
    return first(member -> member.verify(payment, requirements));
  }

  @Override
  public SettlementResponse settle(PaymentPayload payment, PaymentRequirements requirements) {
    Optional<Authorization> authorization;
    try {
      authorization = Authorization.of(payment.accepting(requirements));
    } catch (MalformedPayment malformed) {
      return SettlementResponse.refused(requirements.network(), malformed.reason());
    }
    return authorization.isPresent()
        ? watched(holder(authorization.get()), member -> member.settle(payment, requirements))
        : first(member -> member.settle(payment, requirements));
  }

  /** What the chain lets happen once, and until when. */
  private record Authorization(PaymentKey key, BigInteger expiry) {

    /** Empty for a voucher, which the chain does not know of. */
    static Optional<Authorization> of(PaymentPayload payment) throws MalformedPayment {
      if (payment.accepted().scheme().equals(ChannelTerms.SCHEME)) {
        return BatchPayloads.read(payment) instanceof BatchPayload.Deposit deposit
            ? Optional.of(new Authorization(deposit.key(), expiry(deposit.authorization())))
            : Optional.empty();
      }
      SignedPayment signed =
          Permit2Payments.isOne(payment)
              ? Permit2Payments.read(payment)
              : ExactEip3009.read(payment);
      return Optional.of(new Authorization(signed.key(), signed.expiry()));
    }

    private static BigInteger expiry(DepositAuthorization authorization) {
      return switch (authorization) {
        case DepositAuthorization.Erc3009 erc3009 -> erc3009.validBefore();
        case DepositAuthorization.Permit2 permit -> permit.deadline();
      };
    }

    /** When nobody can settle it any more, whatever its clock says. */
    Instant end() {
      return Instant.ofEpochSecond(expiry.min(LATEST).longValueExact()).plus(MARGIN);
    }
  }

  private RemoteFacilitator holder(Authorization authorization) {
    var preferred = inOrder().getFirst().base();
    var holder = assignments.assign(authorization.key, preferred, authorization.end());
    return members.stream()
        .filter(member -> member.base().equals(holder))
        .findFirst()
        .orElseThrow(
            () -> new Unavailable(holder, "has the payment and is none of ours any more", null));
  }

  private <T> T first(Function<RemoteFacilitator, T> question) {
    var failures = new ArrayList<FacilitatorFailure>();
    for (var member : inOrder()) {
      try {
        return watched(member, question);
      } catch (FacilitatorFailure failure) {
        failures.add(failure);
      }
    }
    throw failures.getFirst();
  }

  /** Those that are well first. */
  private List<RemoteFacilitator> inOrder() {
    var now = clock.instant();
    var order = new ArrayList<RemoteFacilitator>();
    members.stream().filter(member -> !isResting(member, now)).forEach(order::add);
    members.stream().filter(member -> isResting(member, now)).forEach(order::add);
    return order;
  }

  private boolean isResting(RemoteFacilitator member, Instant now) {
    var rest = resting.get(member.base());
    return rest != null && rest.end.isAfter(now);
  }

  private <T> T watched(RemoteFacilitator member, Function<RemoteFacilitator, T> question) {
    try {
      var answer = question.apply(member);
      resting.remove(member.base());
      return answer;
    } catch (FacilitatorFailure failure) {
      resting.compute(
          member.base(), (_, last) -> Rest.after(Optional.ofNullable(last), clock.instant()));
      throw failure;
    }
  }
}
