package io.stoa.testkit;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.persistence.till.CallName;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Decision;
import io.stoa.persistence.till.NamedPayment;
import io.stoa.persistence.till.Ticket;
import io.stoa.persistence.till.Till;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A {@link Till} that forgets everything with its process. */
public final class InMemoryTill implements Till {
  private final Clock clock;
  private final Map<PaymentId, Row> rows = new LinkedHashMap<>();
  private final Map<PaymentId, Kept> answers = new HashMap<>();
  private final Map<PaymentId, String> receipts = new HashMap<>();
  private final Map<CallName, Named> names = new HashMap<>();
  private final Map<Purse, Long> decidedBlocks = new HashMap<>();

  private record Row(Payment payment, int fence, Instant leaseUntil, Instant settledAt) {
    Row with(Payment next, Instant lease) {
      return new Row(next, fence, lease, settledAt);
    }

    PaymentState state() {
      return payment.state();
    }

    boolean isUndecided() {
      return switch (state()) {
        case PaymentState.Verified _, PaymentState.Settling _, PaymentState.Unknown _ -> true;
        case PaymentState.Released _,
            PaymentState.Free _,
            PaymentState.Settled _,
            PaymentState.RefundDue _,
            PaymentState.Refunded _,
            PaymentState.Voided _ ->
            false;
      };
    }

    boolean isOnItsWay() {
      return state() instanceof PaymentState.Settling || state() instanceof PaymentState.Unknown;
    }
  }

  private record Kept(Bytes sealed, Instant until) {}

  private record Named(NamedPayment payment, Instant until) {}

  private record Purse(Address payer, Asset asset) {
    static Purse of(SignedPayment signed) {
      return new Purse(signed.payer(), signed.amount().asset());
    }
  }

  /**
   * @param clock decides when leases and answers end
   */
  public InMemoryTill(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Claim.Outcome claim(Claim claim) {
    var signed = claim.signed();
    var id = signed.key().id();
    var known = Optional.ofNullable(rows.get(id));
    if (known.isPresent() && !(known.get().state() instanceof PaymentState.Released)) {
      return new Claim.Outcome.Taken();
    }
    int attempts = known.map(row -> row.payment.attempts()).orElse(0);
    if (attempts >= Payment.MAX_ATTEMPTS) {
      return new Claim.Outcome.Exhausted();
    }
    var purse = Purse.of(signed);
    var funds = claim.funds();
    if (decidedBlocks.getOrDefault(purse, 0L) > funds.block()) {
      return new Claim.Outcome.StaleBalance();
    }
    var units = signed.amount().units();
    if (held(purse, _ -> true).add(units).compareTo(funds.balance()) > 0) {
      return new Claim.Outcome.Overdrawn();
    }
    var permitted = held(purse, SignedPermit.class::isInstance).add(units);
    if (signed instanceof SignedPermit
        && permitted.compareTo(funds.allowance().orElseThrow()) > 0) {
      return new Claim.Outcome.Unapproved();
    }
    int fence = known.map(Row::fence).orElse(0) + 1;
    var payment =
        new Payment(
            signed,
            claim.approval(),
            signed.fixedPrice(),
            claim.occasion(),
            new PaymentState.Verified(),
            attempts + 1,
            known.map(row -> row.payment.searchFrom()).orElse(claim.searchFrom()),
            known.map(row -> row.payment.presentedAt()).orElse(clock.instant()));
    rows.put(id, new Row(payment, fence, clock.instant().plus(claim.lease()), Instant.MAX));
    return new Claim.Outcome.Claimed(new Ticket(signed.payer(), id, fence));
  }

  private BigInteger held(Purse purse, Predicate<SignedPayment> which) {
    return rows.values().stream()
        .filter(Row::isUndecided)
        .map(row -> row.payment.signed())
        .filter(signed -> Purse.of(signed).equals(purse) && which.test(signed))
        .map(signed -> signed.amount().units())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  @Override
  public synchronized boolean release(Ticket ticket) {
    return change(
        ticket.id(),
        row -> holds(ticket, row),
        row -> row.payment.in(new PaymentState.Released()),
        Duration.ZERO);
  }

  @Override
  public synchronized boolean keepAnswer(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      BigInteger charged,
      Duration retention,
      Duration lease) {
    return answer(ticket, sealed, delivery, charged, retention, lease);
  }

  @Override
  public synchronized boolean giveAway(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      Optional<String> receipt,
      Duration retention) {
    boolean isGiven = answer(ticket, sealed, delivery, BigInteger.ZERO, retention, Duration.ZERO);
    if (isGiven) {
      receipt.ifPresent(document -> receipts.put(ticket.id(), document));
    }
    return isGiven;
  }

  private boolean answer(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      BigInteger charged,
      Duration retention,
      Duration lease) {
    boolean isKept = price(ticket, charged, lease, payment -> payment.answered(delivery));
    if (isKept) {
      answers.put(ticket.id(), new Kept(Bytes.of(sealed), clock.instant().plus(retention)));
    }
    return isKept;
  }

  @Override
  public synchronized boolean begin(Ticket ticket, BigInteger charged, Duration lease) {
    boolean isBegun = price(ticket, charged, lease, UnaryOperator.identity());
    if (isBegun) {
      rows.computeIfPresent(ticket.id(), (_, row) -> next(row, 0, row.leaseUntil));
    }
    return isBegun;
  }

  /** Under a new fence. */
  private static Row next(Row row, int attempts, Instant lease) {
    var payment = row.payment;
    return new Row(
        new Payment(
            payment.signed(),
            payment.approval(),
            payment.charged(),
            payment.occasion(),
            payment.state(),
            attempts,
            payment.searchFrom(),
            payment.presentedAt()),
        row.fence + 1,
        lease,
        row.settledAt);
  }

  @Override
  public synchronized Optional<Leased> takeTurn(PaymentId id, Duration lease) {
    var row = rows.get(id);
    if (row == null || !isWaiting(row) || row.payment.attempts() >= Payment.MAX_ATTEMPTS) {
      return Optional.empty();
    }
    var turn = next(row, row.payment.attempts() + 1, clock.instant().plus(lease));
    rows.put(id, turn);
    return Optional.of(leased(turn));
  }

  /** For an answer, while nobody is at work on it. */
  private boolean isWaiting(Row row) {
    return row.payment.isOwed() && !row.leaseUntil.isAfter(clock.instant());
  }

  @Override
  public synchronized boolean answerInTurn(
      Ticket ticket,
      Settlement settlement,
      byte[] sealed,
      Delivery delivery,
      String receipt,
      Duration retention) {
    boolean isAnswered =
        change(
            ticket.id(),
            row ->
                hasTurn(ticket, row)
                    && row.state() instanceof PaymentState.Settled(var seen, _)
                    && seen.equals(settlement),
            row -> row.payment.answered(delivery),
            Duration.ZERO);
    if (isAnswered) {
      answers.put(ticket.id(), new Kept(Bytes.of(sealed), clock.instant().plus(retention)));
      receipts.put(ticket.id(), receipt);
    }
    return isAnswered;
  }

  @Override
  public synchronized boolean passTurn(Ticket ticket) {
    return change(
        ticket.id(),
        row -> hasTurn(ticket, row),
        row ->
            row.payment.attempts() < Payment.MAX_ATTEMPTS
                ? row.payment
                : row.payment.in(refundDue(row)),
        Duration.ZERO);
  }

  private static boolean hasTurn(Ticket ticket, Row row) {
    return row.fence == ticket.fence() && row.payment.isOwed();
  }

  private static PaymentState refundDue(Row row) {
    if (row.state() instanceof PaymentState.Settled(var settlement, var isFinal)) {
      return new PaymentState.RefundDue(settlement, isFinal);
    }
    throw new IllegalStateException("not settled: " + row);
  }

  @Override
  public synchronized List<PaymentId> giveUp(Duration patience) {
    var since = clock.instant().minus(patience);
    var late =
        rows.values().stream()
            .filter(
                row ->
                    isWaiting(row)
                        && (row.payment.attempts() >= Payment.MAX_ATTEMPTS
                            || !row.settledAt.isAfter(since)))
            .toList();
    late.forEach(
        row ->
            rows.put(row.payment.id(), row.with(row.payment.in(refundDue(row)), row.leaseUntil)));
    return late.stream().map(row -> row.payment.id()).toList();
  }

  @Override
  public synchronized List<Payment> refundsDue(int limit, Duration pause) {
    var now = clock.instant();
    var due =
        rows.values().stream()
            .filter(
                row ->
                    row.state() instanceof PaymentState.RefundDue && !row.leaseUntil.isAfter(now))
            .sorted(Comparator.comparing(Row::leaseUntil))
            .limit(limit)
            .toList();
    due.forEach(
        row -> {
          var tenth = Duration.between(row.settledAt, now).dividedBy(10);
          var next = now.plus(tenth.compareTo(pause) > 0 ? tenth : pause);
          rows.put(row.payment.id(), row.with(row.payment, next));
        });
    return due.stream().map(Row::payment).toList();
  }

  @Override
  public synchronized boolean refunded(Payment payment, TxHash refund) {
    return change(
        payment.id(),
        row -> row.state() instanceof PaymentState.RefundDue due && due.isFinal(),
        row ->
            row.payment.in(
                new PaymentState.Refunded(
                    ((PaymentState.RefundDue) row.state()).settlement(), refund)),
        Duration.ZERO);
  }

  private boolean price(
      Ticket ticket, BigInteger charged, Duration lease, UnaryOperator<Payment> further) {
    return change(
        ticket.id(),
        row -> holds(ticket, row),
        row -> {
          var asset = row.payment.signed().amount().asset();
          return further.apply(row.payment.at(new TokenAmount(asset, charged)));
        },
        lease);
  }

  private static boolean holds(Ticket ticket, Row row) {
    return row.fence == ticket.fence() && row.state() instanceof PaymentState.Verified;
  }

  @Override
  public synchronized boolean name(CallName name, NamedPayment payment, Duration retention) {
    boolean isTaken =
        named(name)
            .map(NamedPayment::payment)
            .filter(known -> !known.equals(payment.payment()) && !isReleased(known))
            .isPresent();
    if (!isTaken) {
      names.put(name, new Named(payment, clock.instant().plus(retention)));
    }
    return !isTaken;
  }

  private boolean isReleased(PaymentId id) {
    return !rows.containsKey(id) || rows.get(id).state() instanceof PaymentState.Released;
  }

  @Override
  public synchronized Optional<NamedPayment> named(CallName name) {
    return Optional.ofNullable(names.get(name))
        .filter(named -> named.until.isAfter(clock.instant()))
        .map(Named::payment);
  }

  @Override
  public synchronized boolean putOff(Payment payment, Duration pause) {
    var unknown = new PaymentState.Unknown(payment.signed().expiry());
    return change(payment.id(), Row::isOnItsWay, row -> row.payment.in(unknown), pause);
  }

  @Override
  public synchronized boolean settle(
      Payment payment, Settlement settlement, Optional<String> receipt) {
    boolean isSettled =
        decide(payment, new PaymentState.Settled(settlement, false), settlement.block());
    if (isSettled) {
      receipt.ifPresent(document -> receipts.put(payment.id(), document));
      rows.computeIfPresent(
          payment.id(),
          (_, row) -> new Row(row.payment, row.fence, row.leaseUntil, clock.instant()));
    }
    return isSettled;
  }

  @Override
  public synchronized boolean voidFor(Payment payment, String reason, BlockRef decidedBy) {
    return decide(payment, new PaymentState.Voided(reason, decidedBy, false), decidedBy);
  }

  private boolean decide(Payment payment, PaymentState decision, BlockRef block) {
    boolean isDecided =
        change(payment.id(), Row::isOnItsWay, row -> row.payment.in(decision), Duration.ZERO);
    if (isDecided) {
      decidedBlocks.merge(Purse.of(payment.signed()), block.number(), Math::max);
    }
    return isDecided;
  }

  @Override
  public synchronized int confirm(List<Decision> decisions) {
    int confirmed = 0;
    for (var decision : decisions) {
      var id = decision.payment().id();
      var row = rows.get(id);
      if (row != null && isProvisional(row, decision.decidedBy())) {
        rows.put(id, row.with(row.payment.in(confirmed(row)), row.leaseUntil));
        confirmed++;
      }
    }
    return confirmed;
  }

  private static PaymentState confirmed(Row row) {
    return switch (row.state()) {
      case PaymentState.Settled(var settlement, _) -> new PaymentState.Settled(settlement, true);
      case PaymentState.RefundDue(var settlement, _) ->
          new PaymentState.RefundDue(settlement, true);
      case PaymentState.Voided(var reason, var at, _) -> new PaymentState.Voided(reason, at, true);
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _,
          PaymentState.Refunded _ ->
          throw new IllegalStateException("not provisional: " + row);
    };
  }

  @Override
  public synchronized boolean reopen(Payment payment, BlockRef lost) {
    var unknown = new PaymentState.Unknown(payment.signed().expiry());
    return change(
        payment.id(),
        row -> isProvisional(row, lost),
        row -> row.payment.in(unknown),
        Duration.ZERO);
  }

  private static boolean isProvisional(Row row, BlockRef decidedBy) {
    return provisionalBlock(row).filter(block -> block.hash().equals(decidedBy.hash())).isPresent();
  }

  private static Optional<BlockRef> provisionalBlock(Row row) {
    return switch (row.state()) {
      case PaymentState.Settled(var settlement, boolean isFinal) when !isFinal ->
          Optional.of(settlement.block());
      case PaymentState.RefundDue(var settlement, boolean isFinal) when !isFinal ->
          Optional.of(settlement.block());
      case PaymentState.Voided(_, var block, boolean isFinal) when !isFinal -> Optional.of(block);
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _,
          PaymentState.Settled _,
          PaymentState.RefundDue _,
          PaymentState.Refunded _,
          PaymentState.Voided _ ->
          Optional.empty();
    };
  }

  @Override
  public synchronized Optional<Payment> find(PaymentId id) {
    return Optional.ofNullable(rows.get(id)).map(Row::payment);
  }

  @Override
  public Set<PaymentId> known(Collection<PaymentId> ids) {
    return ids.stream()
        .filter(
            id ->
                find(id)
                    .filter(payment -> !(payment.state() instanceof PaymentState.Released))
                    .isPresent())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public synchronized Optional<Payment> served(
      Address payer, ListingId listing, RequestDigest request) {
    return rows.values().stream()
        .filter(row -> isServed(row.state()))
        .map(Row::payment)
        .filter(
            payment ->
                payment.signed().payer().equals(payer)
                    && payment.occasion() instanceof Occasion.Call call
                    && call.purchase().listing().equals(listing)
                    && call.request().equals(request))
        .max(Comparator.comparing(Payment::presentedAt));
  }

  private static boolean isServed(PaymentState state) {
    return switch (state) {
      case PaymentState.Free _,
          PaymentState.Settling _,
          PaymentState.Unknown _,
          PaymentState.Settled _,
          PaymentState.RefundDue _ ->
          true;
      case PaymentState.Verified _,
          PaymentState.Released _,
          PaymentState.Refunded _,
          PaymentState.Voided _ ->
          false;
    };
  }

  @Override
  public synchronized Optional<byte[]> answer(PaymentId id) {
    return Optional.ofNullable(answers.get(id))
        .filter(kept -> kept.until.isAfter(clock.instant()))
        .map(kept -> kept.sealed.toBytes());
  }

  @Override
  public synchronized Optional<String> receipt(PaymentId id) {
    return find(id)
        .filter(
            payment ->
                payment.state() instanceof PaymentState.Settled
                    || payment.state() instanceof PaymentState.Free)
        .flatMap(_ -> Optional.ofNullable(receipts.get(id)));
  }

  @Override
  public synchronized List<Leased> takeOver(int limit, Duration lease) {
    var now = clock.instant();
    var late =
        rows.values().stream()
            .filter(row -> row.isUndecided() && row.leaseUntil.isBefore(now))
            .sorted(Comparator.comparing(Row::leaseUntil))
            .limit(limit)
            .map(row -> new Row(row.payment, row.fence + 1, now.plus(lease), row.settledAt))
            .toList();
    late.forEach(row -> rows.put(row.payment.id(), row));
    return late.stream().map(InMemoryTill::leased).toList();
  }

  private static Leased leased(Row row) {
    return new Leased(
        row.payment, new Ticket(row.payment.signed().payer(), row.payment.id(), row.fence));
  }

  @Override
  public synchronized List<Payment> provisional(int limit) {
    return rows.values().stream()
        .flatMap(row -> provisionalBlock(row).map(block -> Map.entry(block, row.payment)).stream())
        .sorted(Comparator.comparing(entry -> entry.getKey().number()))
        .limit(limit)
        .map(Map.Entry::getValue)
        .toList();
  }

  @Override
  public synchronized long undecided() {
    return rows.values().stream().filter(Row::isUndecided).count();
  }

  @Override
  public synchronized int dropExpiredAnswers(int limit) {
    var expired =
        answers.entrySet().stream()
            .filter(kept -> kept.getValue().until.isBefore(clock.instant()))
            .map(Map.Entry::getKey)
            .filter(id -> rows.containsKey(id) && !rows.get(id).isUndecided())
            .limit(limit)
            .toList();
    expired.forEach(answers::remove);
    return expired.size();
  }

  private boolean change(
      PaymentId id, Predicate<Row> applies, Function<Row, Payment> next, Duration lease) {
    var row = rows.get(id);
    if (row == null || !applies.test(row)) {
      return false;
    }
    rows.put(id, row.with(next.apply(row), clock.instant().plus(lease)));
    return true;
  }
}
