package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Address;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.NamedPayment;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes payments at the door of a paid request and gives answers out against them. The order is
 * fixed: verify, claim, (the provider works), keep the answer, settle, deliver. Of what is paid
 * upfront it is verify, claim, settle, (the provider works), keep the answer, deliver. Every method
 * blocks: call from a virtual thread.
 */
public final class Cashier {
  private static final System.Logger LOG = System.getLogger(Cashier.class.getName());

  private final Till till;
  private final Intake intake;
  private final Copies copies;
  private final Settler settler;
  private final AnswerVault vault;
  private final Receipts receipts;
  private final Outcomes outcomes;
  private final Terms terms;

  /**
   * How long things may take, and how long they are kept.
   *
   * @param work what the holder of a claim has for the provider's answer, before others may release
   *     it
   * @param settling what it then has to settle, before others carry on
   * @param retention how long an answer can be fetched again
   * @param patience with a provider that was paid upfront: it owes the price back then
   * @param reorgDepth blocks below the head that may still be replaced
   */
  public record Terms(
      Duration work, Duration settling, Duration retention, Duration patience, long reorgDepth) {}

  Cashier(
      Till till,
      Intake intake,
      Copies copies,
      Settler settler,
      AnswerVault vault,
      Receipts receipts,
      Outcomes outcomes,
      Terms terms) {
    this.till = till;
    this.intake = intake;
    this.copies = copies;
    this.settler = settler;
    this.vault = vault;
    this.receipts = receipts;
    this.outcomes = outcomes;
    this.terms = terms;
  }

  /**
   * Decides what {@code presented} opens. A copy of a payment in progress waits for its outcome
   * until {@code deadline}.
   */
  public Admission admit(Presented presented, Instant deadline) {
    if (isNameTaken(presented)) {
      return new Admission.NameTaken();
    }
    while (true) {
      var claimed = claim(presented, deadline);
      if (claimed.isPresent()) {
        return claimed.get();
      }
      var followed = follow(presented, deadline);
      if (followed.isPresent()) {
        return followed.get();
      }
    }
  }

  /**
   * What became of the newest payment of {@code payer} for this very request that was served. The
   * caller knows that it is the payer who asks.
   */
  public Optional<Admission> recall(Address payer, ListingId listing, RequestDigest request) {
    return till.served(payer, listing, request).map(this::told);
  }

  /** The provider gave nothing worth paying for: the same payment may be presented again. */
  public void release(Ticket ticket) {
    till.release(ticket);
    outcomes.announce(ticket.id());
  }

  /**
   * Keeps the provider's answer, settles, and says whether it may be delivered. Once the answer is
   * kept the payment is carried to the chain, whether or not the buyer is still there.
   *
   * @param price what the work turned out to cost, in the token's smallest unit: charged under a
   *     ceiling, and at most that; where the payer signed a fixed price, that one is charged
   * @param usage by which it was priced; nothing when the price is fixed
   */
  public Admission.Outcome deliver(
      Admission.Admitted admitted, Answer answer, BigInteger price, Usage usage, Instant deadline) {
    var delivery = new Delivery(answer.bodySha256(), usage);
    var payment = admitted.payment().at(charged(admitted, price)).answered(delivery);
    try {
      return payment.state() instanceof PaymentState.Free
          ? giveAway(admitted.ticket(), payment, answer, delivery)
          : sell(admitted.ticket(), payment, answer, delivery, deadline);
    } catch (RuntimeException failure) {
      LOG.log(
          WARNING,
          "settlement interrupted, left to reconciliation: payment " + payment.id(),
          failure);
      return new Admission.Undecided(payment.id());
    }
  }

  /** Keeps what the provider gave for a payment that is settled, and delivers it. */
  public Admission.Outcome deliver(Admission.Paid paid, Answer answer) {
    var id = paid.payment().id();
    try {
      return hand(paid, answer);
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "answer may not be kept, the next turn will tell: payment " + id, failure);
      return new Admission.Undecided(id);
    }
  }

  private Admission.Outcome hand(Admission.Paid paid, Answer answer) {
    var delivery = new Delivery(answer.bodySha256(), Usage.NOTHING);
    var payment = paid.payment().answered(delivery);
    var settlement = paid.settlement();
    boolean isKept =
        till.answerInTurn(
            paid.ticket(),
            settlement,
            vault.seal(payment.id(), answer),
            delivery,
            receipts.issue(payment, settlement).orElseThrow(),
            terms.retention);
    outcomes.announce(payment.id());
    return isKept
        ? new Admission.Delivered(payment, settlement, answer)
        : new Admission.Undecided(payment.id());
  }

  /**
   * The provider gave nothing for a payment that is settled.
   *
   * @return what is due, if it was asked for the last time; else the same payment may be presented
   *     again
   */
  public Optional<Admission.RefundDue> fail(Admission.Paid paid) {
    var id = paid.payment().id();
    till.passTurn(paid.ticket());
    outcomes.announce(id);
    return till.find(id)
        .filter(payment -> payment.state() instanceof PaymentState.RefundDue)
        .map(payment -> new Admission.RefundDue(payment, paid.settlement()));
  }

  private TokenAmount charged(Admission.Admitted admitted, BigInteger price) {
    var signed = admitted.payment().signed();
    var most = signed.amount();
    if (signed.fixedPrice().isPresent()) {
      return signed.fixedPrice().get();
    }
    if (price.compareTo(most.units()) > 0) {
      release(admitted.ticket());
      throw new IllegalArgumentException("metered above what was signed: " + price);
    }
    return new TokenAmount(most.asset(), price);
  }

  private Admission.Outcome giveAway(
      Ticket ticket, Payment payment, Answer answer, Delivery delivery) {
    var id = payment.id();
    boolean isKept =
        till.giveAway(
            ticket, vault.seal(id, answer), delivery, receipts.issueFree(payment), terms.retention);
    outcomes.announce(id);
    return isKept ? new Admission.DeliveredFree(payment, answer) : new Admission.Undecided(id);
  }

  private Admission.Outcome sell(
      Ticket ticket, Payment payment, Answer answer, Delivery delivery, Instant deadline) {
    var id = payment.id();
    boolean isKept =
        till.keepAnswer(
            ticket,
            vault.seal(id, answer),
            delivery,
            payment.price().units(),
            terms.retention,
            terms.settling);
    if (!isKept) {
      return new Admission.Undecided(id);
    }
    return switch (settler.submit(payment, deadline)) {
      case PaymentState.Settled(var settlement, _) ->
          new Admission.Delivered(payment, settlement, answer);
      case PaymentState.Voided(var reason, _, var isFinal) when isFinal ->
          new Admission.Voided(payment, reason);
      case PaymentState.Voided _,
          PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _,
          PaymentState.RefundDue _,
          PaymentState.Refunded _ ->
          new Admission.Undecided(id);
    };
  }

  /** Settles first. Whoever claimed it needs to prove no more. */
  private Admission buyUpfront(Ticket ticket, Payment claimed, Instant deadline) {
    var payment = claimed.at(claimed.price());
    var id = payment.id();
    try {
      if (till.begin(ticket, payment.price().units(), terms.settling)) {
        settler.submit(payment, deadline);
      }
      return turn(id, deadline);
    } catch (RuntimeException failure) {
      LOG.log(WARNING, "interrupted, left to reconciliation: payment " + id, failure);
      return new Admission.Undecided(id);
    }
  }

  /** The next turn to ask the provider, or else what became of the payment. */
  private Admission turn(PaymentId id, Instant deadline) {
    while (true) {
      var turn = till.takeTurn(id, terms.work);
      if (turn.isPresent()) {
        return paid(turn.get());
      }
      var payment = till.find(id).orElseThrow();
      if (!payment.isOwed()) {
        return told(payment);
      }
      if (!copies.await(id, deadline)) {
        return new Admission.Undecided(id);
      }
    }
  }

  private static Admission.Paid paid(Till.Leased turn) {
    if (turn.payment().state() instanceof PaymentState.Settled(var settlement, _)) {
      return new Admission.Paid(turn.ticket(), turn.payment(), settlement);
    }
    throw new IllegalStateException("a turn before it was settled: " + turn.payment().id());
  }

  /**
   * Verifies and claims. Empty when the authorization is known already, or its balance must be read
   * again.
   */
  private Optional<Admission> claim(Presented presented, Instant deadline) {
    if (presented.matched().isEmpty()) {
      return copyOr(presented, new Admission.Refused("invalid_payment_requirements"));
    }
    var match = presented.matched().get();
    return switch (intake.take(
        presented.signed(),
        presented.approval(),
        new Asked(match.option(), match.domain(), match.room()),
        new Occasion.Call(match.purchase(), presented.request()))) {
      case Intake.Result.Claimed(var ticket, _) when !name(presented) -> {
        release(ticket);
        yield Optional.of(new Admission.NameTaken());
      }
      case Intake.Result.Claimed(var ticket, var payment) when match.option().isUpfront() ->
          Optional.of(buyUpfront(ticket, payment, deadline));
      case Intake.Result.Claimed(var ticket, var payment) ->
          Optional.of(new Admission.Admitted(ticket, payment));
      case Intake.Result.Refused(var reason) -> copyOr(presented, new Admission.Refused(reason));
      case Intake.Result.Unapproved _ -> copyOr(presented, new Admission.AllowanceRequired());
      case Intake.Result.Again _ -> Optional.empty();
    };
  }

  private boolean isNameTaken(Presented presented) {
    return presented
        .name()
        .filter(
            name ->
                till.named(name.call())
                    .filter(known -> !known.binding().equals(name.binding()))
                    .isPresent())
        .isPresent();
  }

  /** Who has both, the claim and the name, may ask the provider: one at most. */
  private boolean name(Presented presented) {
    return presented
        .name()
        .filter(
            name ->
                !till.name(
                    name.call(),
                    new NamedPayment(name.binding(), presented.signed().key().id()),
                    terms.retention))
        .isEmpty();
  }

  /** A payment that does not hold now may still be a copy of one that did. */
  private Optional<Admission> copyOr(Presented presented, Admission otherwise) {
    boolean isCopy =
        till.find(presented.signed().key().id())
            .filter(known -> !(known.state() instanceof PaymentState.Released))
            .isPresent();
    return isCopy ? Optional.empty() : Optional.of(otherwise);
  }

  /**
   * What an earlier presentation of the same authorization comes to. Empty when there is none, or
   * none any more: then it may be claimed.
   */
  private Optional<Admission> follow(Presented presented, Instant deadline) {
    var signed = presented.signed();
    return switch (copies.follow(signed, deadline)) {
      case Copies.Earlier.None _ -> Optional.empty();
      case Copies.Earlier.Another _ ->
          Optional.of(new Admission.Refused(Verifier.nonceUsed(signed)));
      case Copies.Earlier.Ended(var payment) -> Optional.of(ended(payment, presented, deadline));
      case Copies.Earlier.Undecided _ -> Optional.of(new Admission.Undecided(signed.key().id()));
    };
  }

  private Admission ended(Payment payment, Presented presented, Instant deadline) {
    if (!(payment.state() instanceof PaymentState.Voided) && !isSameCall(payment, presented)) {
      return new Admission.UsedElsewhere(payment.id());
    }
    return payment.isOwed() ? turn(payment.id(), deadline) : told(payment);
  }

  /** What there is to tell of it without asking its provider. */
  private Admission told(Payment payment) {
    return switch (payment.state()) {
      case PaymentState.Free _ ->
          again(payment, answer -> new Admission.DeliveredFree(payment, answer));
      case PaymentState.Settled(var settlement, _) when !payment.isOwed() ->
          again(payment, answer -> new Admission.Delivered(payment, settlement, answer));
      case PaymentState.RefundDue(var settlement, _) ->
          new Admission.RefundDue(payment, settlement);
      case PaymentState.Refunded _ -> new Admission.Refunded(payment.id());
      case PaymentState.Voided(var reason, _, var isFinal) when isFinal ->
          new Admission.Voided(payment, reason);
      case PaymentState.Settled _,
          PaymentState.Voided _,
          PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Settling _,
          PaymentState.Unknown _ ->
          new Admission.Undecided(payment.id());
    };
  }

  /** What proves it is a body, or a name: all else is on the chain for everybody to copy. */
  private boolean isSameCall(Payment payment, Presented presented) {
    var request = presented.request();
    return isFor(payment.occasion(), request)
        && (request.hasBody() || isNamed(payment.id(), presented));
  }

  private boolean isNamed(PaymentId id, Presented presented) {
    return presented
        .name()
        .filter(
            name ->
                till.named(name.call()).equals(Optional.of(new NamedPayment(name.binding(), id))))
        .isPresent();
  }

  private Admission again(Payment payment, Function<Answer, Admission> delivered) {
    return till.answer(payment.id())
        .flatMap(kept -> vault.open(payment.id(), kept))
        .map(delivered)
        .orElseGet(() -> new Admission.Forgotten(payment.id()));
  }

  private static boolean isFor(Occasion occasion, RequestDigest request) {
    return occasion instanceof Occasion.Call call && call.request().equals(request);
  }
}
