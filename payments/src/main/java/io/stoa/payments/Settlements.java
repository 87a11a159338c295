package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.send.SendLog;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.UptoCharge;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Settles payments for other servers, which deliver for themselves: each once, however often it is
 * asked, and whoever asked first (x402 §8). Every method blocks: call from a virtual thread.
 */
public final class Settlements {
  /** A payment that nothing comes of holds part of its payer's balance until it expires. */
  private static final int LONGEST_LIFE = 3_600;

  private static final System.Logger LOG = System.getLogger(Settlements.class.getName());

  private final Till till;
  private final Objections objections;
  private final Intake intake;
  private final Copies copies;
  private final Settler settler;
  private final Outcomes outcomes;
  private final SendLog sends;
  private final Duration lease;

  /**
   * What a server asks to have settled.
   *
   * @param approval that its payer sent along
   * @param requirements what the payer was asked for; of scheme {@code upto} with the amount that
   *     is due
   * @param domain of the token that they name
   */
  public record Order(
      SignedPayment signed,
      Optional<Eip2612Approval> approval,
      PaymentRequirements requirements,
      TokenDomain domain) {}

  /** How it ended, as far as is known. */
  public sealed interface Outcome {
    /** The money arrived, now or before: as {@link Payment#price} says. */
    record Settled(Payment payment, Settlement settlement) implements Outcome {}

    /** Nothing was due, and nothing was sent. The same payment pays for nothing else here. */
    record Free(Payment payment) implements Outcome {}

    /** It does not hold, or can never pay. */
    record Refused(String reason) implements Outcome {}

    /** It is on its way to the chain: ask again. */
    record Pending(TxHash transaction) implements Outcome {}

    /** Nothing is on its way yet, and may still be: ask again. */
    record Undecided(PaymentId id) implements Outcome {}
  }

  /**
   * @param lease what a settlement may take before others carry on
   */
  Settlements(
      Till till,
      Objections objections,
      Intake intake,
      Copies copies,
      Settler settler,
      Outcomes outcomes,
      SendLog sends,
      Duration lease) {
    this.till = till;
    this.objections = objections;
    this.intake = intake;
    this.copies = copies;
    this.settler = settler;
    this.outcomes = outcomes;
    this.sends = sends;
    this.lease = lease;
  }

  /**
   * Why {@code order} would not be settled now, with all that may be due; empty when it would.
   * Changes nothing. Fails with {@link io.stoa.domain.MarketException.Unavailable} when the chain
   * does not answer.
   */
  public CompletableFuture<Optional<String>> objection(Order order) {
    return objections.to(order, asked(order, order.requirements()));
  }

  /**
   * Settles and waits for the end, until {@code deadline}. Fails with {@link
   * io.stoa.domain.MarketException.Unavailable} only while nothing has happened.
   */
  public Outcome settle(Order order, Instant deadline) {
    var due = due(order);
    if (due.isEmpty()) {
      return new Outcome.Refused(UptoCharge.AboveCeiling.REASON);
    }
    if (isKnown(order.signed())) {
      var earlier = earlier(order, deadline);
      if (earlier.isPresent()) {
        return earlier.get();
      }
    }
    while (true) {
      switch (intake.take(order.signed(), order.approval(), asked(order), new Occasion.Errand())) {
        case Intake.Result.Claimed(var ticket, var payment) -> {
          return carry(ticket, payment.at(due.get()), deadline);
        }
        case Intake.Result.Refused(var reason) -> {
          return earlierOr(order, deadline, reason);
        }
        case Intake.Result.Unapproved _ -> {
          return earlierOr(order, deadline, Permit2Payments.ALLOWANCE_REQUIRED);
        }
        case Intake.Result.Again _ -> {
          var earlier = earlier(order, deadline);
          if (earlier.isPresent()) {
            return earlier.get();
          }
        }
      }
    }
  }

  /** Empty when more is due than was signed. */
  private static Optional<TokenAmount> due(Order order) {
    var signed = order.signed();
    var due = order.requirements().amount();
    return signed.fixedPrice().or(() -> within(signed.amount(), due));
  }

  private static Optional<TokenAmount> within(TokenAmount most, BigInteger due) {
    return due.compareTo(most.units()) > 0
        ? Optional.empty()
        : Optional.of(new TokenAmount(most.asset(), due));
  }

  /** What was signed under a ceiling is verified against the ceiling. */
  private static Asked asked(Order order) {
    var signed = order.signed();
    var option =
        signed.fixedPrice().isPresent()
            ? order.requirements()
            : order.requirements().priced(signed.amount().units());
    return asked(order, option);
  }

  private static Asked asked(Order order, PaymentRequirements option) {
    return new Asked(option.lasting(LONGEST_LIFE), order.domain(), ExactEip3009.INCLUSION);
  }

  private boolean isKnown(SignedPayment signed) {
    return !till.known(Set.of(signed.key().id())).isEmpty();
  }

  /** What was settled meanwhile does not hold any more. */
  private Outcome earlierOr(Order order, Instant deadline, String reason) {
    var signed = order.signed();
    return (isKnown(signed) ? earlier(order, deadline) : Optional.<Outcome>empty())
        .orElseGet(() -> new Outcome.Refused(reason));
  }

  /** Empty when there is none, or none any more. */
  private Optional<Outcome> earlier(Order order, Instant deadline) {
    var signed = order.signed();
    var used = Optional.<Outcome>of(new Outcome.Refused(Verifier.nonceUsed(signed)));
    if (!paysFor(signed, order.requirements())) {
      return used;
    }
    return switch (copies.follow(signed, deadline)) {
      case Copies.Earlier.None _ -> Optional.empty();
      case Copies.Earlier.Another _ -> used;
      case Copies.Earlier.Ended(var payment) when !isFor(payment, order) -> used;
      case Copies.Earlier.Ended(var payment) -> Optional.of(outcome(payment, payment.state()));
      case Copies.Earlier.Undecided _ -> Optional.of(undecided(signed.key().id()));
    };
  }

  /**
   * Whether what was signed could ever settle {@code asked}. Of what is known already nothing else
   * tells: whoever shows a payment to somebody else must not be served for it twice.
   */
  private static boolean paysFor(SignedPayment signed, PaymentRequirements asked) {
    return signed.payTo().equals(asked.payTo())
        && signed.amount().asset().equals(new Asset(asked.network(), asked.asset()))
        && signed.fixedPrice().stream().allMatch(price -> price.units().equals(asked.amount()));
  }

  /** Whether {@code payment} was settled for just that, and for nobody's call here. */
  private static boolean isFor(Payment payment, Order order) {
    return payment.occasion() instanceof Occasion.Errand && payment.charged().equals(due(order));
  }

  private Outcome carry(Ticket ticket, Payment payment, Instant deadline) {
    try {
      if (!till.begin(ticket, payment.price().units(), lease)) {
        return undecided(payment.id());
      }
      if (payment.state() instanceof PaymentState.Free) {
        outcomes.announce(payment.id());
        return new Outcome.Free(payment);
      }
      return outcome(payment, settler.submit(payment, deadline));
    } catch (RuntimeException failure) {
      LOG.log(
          WARNING,
          "settlement interrupted, left to reconciliation: payment " + payment.id(),
          failure);
      return undecided(payment.id());
    }
  }

  private Outcome outcome(Payment payment, PaymentState state) {
    return switch (state) {
      case PaymentState.Free _ -> new Outcome.Free(payment);
      case PaymentState.Settled(var settlement, _) -> new Outcome.Settled(payment, settlement);
      case PaymentState.RefundDue(var settlement, _) -> new Outcome.Settled(payment, settlement);
      case PaymentState.Refunded(var settlement, _) -> new Outcome.Settled(payment, settlement);
      case PaymentState.Voided(var reason, _, var isFinal) when isFinal ->
          new Outcome.Refused(reason);
      case PaymentState.Voided _,
          PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Settling _,
          PaymentState.Unknown _ ->
          undecided(payment.id());
    };
  }

  private Outcome undecided(PaymentId id) {
    return sends
        .findByPurpose(id.toString())
        .<Outcome>map(sent -> new Outcome.Pending(sent.latest().hash()))
        .orElseGet(() -> new Outcome.Undecided(id));
  }
}
