package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What every paid call needs of the till: each step is one turn for all calls that need it at the
 * same time.
 */
final class PaymentGroups {
  private final Pool pool;
  private final GroupCommit<Claim, Claim.Outcome> claims;
  private final GroupCommit<KeptAnswer, Boolean> answers;
  private final GroupCommit<End, Boolean> ends;

  /**
   * A provider's answer.
   *
   * @param charged in the token's smallest unit
   * @param retention of the answer
   * @param lease of the settlement that begins now
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record KeptAnswer(
      Ticket ticket,
      byte[] sealed,
      Delivery delivery,
      BigInteger charged,
      Duration retention,
      Duration lease) {}

  /** That a payment has ended, by the block that shows it. */
  sealed interface End {
    Payment payment();

    BlockRef block();

    record Settled(Payment payment, BlockRef block, TxHash transaction, Optional<String> receipt)
        implements End {}

    record Voided(Payment payment, BlockRef block, String reason) implements End {}

    private Optional<TxHash> moved() {
      return this instanceof Settled settled ? Optional.of(settled.transaction) : Optional.empty();
    }

    private Optional<String> proof() {
      return this instanceof Settled settled ? settled.receipt : Optional.empty();
    }

    private Optional<String> objection() {
      return this instanceof Voided voided ? Optional.of(voided.reason) : Optional.empty();
    }
  }

  PaymentGroups(Pool pool) {
    this.pool = pool;
    this.claims = new GroupCommit<>(this::claimAll);
    this.answers = new GroupCommit<>(this::keepAll);
    this.ends = new GroupCommit<>(this::endAll);
  }

  /**
   * A permit is claimed by itself: one nonce may be claimed with several tokens at once, and who
   * waits for the other there must not hold what others in a group would need.
   */
  Claim.Outcome claim(Claim claim) {
    return switch (claim.signed()) {
      case SignedTransfer _ -> claims.call(claim);
      case SignedPermit _ -> Blocking.await(claimAll(List.of(claim))).getFirst();
    };
  }

  /** Whether the ticket was good, and the answer is kept. */
  boolean keep(KeptAnswer answer) {
    return answers.call(answer);
  }

  /** Whether this decided the payment. */
  boolean end(End end) {
    return ends.call(end);
  }

  private Future<List<Claim.Outcome>> claimAll(List<Claim> asked) {
    var columns = new Columns<>(asked);
    var signed = new Columns<>(asked.stream().map(Claim::signed).toList());
    var authorized =
        new Columns<>(
            asked.stream().map(claim -> AuthorizationColumns.of(claim.signed())).toList());
    var calls = new Columns<>(asked.stream().map(claim -> call(claim.occasion())).toList());
    return run(
            """
            select place, outcome, held_fence from till.claim(
              $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
              $24, $25, $26, $27, $28)
            """,
            signed.bytes(each -> each.payer().toBytes()),
            signed.bytes(each -> each.key().id().value().toBytes()),
            authorized.texts(AuthorizationColumns::method),
            signed.longs(each -> each.amount().asset().chain().value()),
            signed.bytes(each -> each.amount().asset().token().toBytes()),
            authorized.bytes(each -> each.nonce().toBytes()),
            signed.bytes(each -> each.payTo().toBytes()),
            signed.integers(each -> each.amount().units()),
            signed.optionalIntegers(each -> each.fixedPrice().map(price -> price.units())),
            authorized.integers(AuthorizationColumns::validAfter),
            signed.integers(SignedPayment::expiry),
            signed.bytes(each -> each.signature().toBytes()),
            authorized.optionalBytes(each -> each.spender().map(account -> account.toBytes())),
            authorized.optionalBytes(each -> each.facilitator().map(account -> account.toBytes())),
            columns.optionalIntegers(claim -> claim.approval().map(given -> given.deadline())),
            columns.optionalBytes(
                claim -> claim.approval().map(given -> given.signature().toBytes())),
            calls.optionalLongs(each -> each.map(call -> call.purchase().listing().value())),
            calls.optionalBytes(
                each -> each.map(call -> call.purchase().manifestSha256().toBytes())),
            calls.optionalBytes(each -> each.map(call -> call.purchase().offersRoot().toBytes())),
            calls.texts(each -> each.map(call -> call.request().method()).orElse(null)),
            calls.texts(each -> each.map(call -> call.request().target()).orElse(null)),
            calls.optionalBytes(each -> each.map(call -> call.request().bodySha256().toBytes())),
            columns.integers(claim -> claim.funds().balance()),
            columns.optionalIntegers(claim -> claim.funds().allowance()),
            columns.longs(claim -> claim.funds().block()),
            columns.longs(Claim::searchFrom),
            columns.millis(Claim::lease),
            Payment.MAX_ATTEMPTS)
        .map(rows -> columns.answers(rows, PaymentGroups::claimed));
  }

  private static Optional<Occasion.Call> call(Occasion occasion) {
    return switch (occasion) {
      case Occasion.Call call -> Optional.of(call);
      case Occasion.Errand _ -> Optional.empty();
    };
  }

  private static Claim.Outcome claimed(Claim asked, Row row) {
    var signed = asked.signed();
    return switch (row.getString("outcome")) {
      case "CLAIMED" ->
          new Claim.Outcome.Claimed(
              new Ticket(signed.payer(), signed.key().id(), row.getInteger("held_fence")));
      case "TAKEN" -> new Claim.Outcome.Taken();
      case "DEPOSITED" -> new Claim.Outcome.Deposited();
      case "EXHAUSTED" -> new Claim.Outcome.Exhausted();
      case "STALE" -> new Claim.Outcome.StaleBalance();
      case "OVERDRAWN" -> new Claim.Outcome.Overdrawn();
      case "UNAPPROVED" -> new Claim.Outcome.Unapproved();
      default -> throw new IllegalStateException("not an outcome: " + row.getString("outcome"));
    };
  }

  private Future<List<Boolean>> keepAll(List<KeptAnswer> asked) {
    var columns = new Columns<>(asked);
    return run(
            "select till.keep_answers($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            columns.bytes(answer -> answer.ticket().payer().toBytes()),
            columns.bytes(answer -> id(answer.ticket().id())),
            columns.counts(answer -> answer.ticket().fence()),
            columns.bytes(KeptAnswer::sealed),
            columns.bytes(answer -> answer.delivery().bodySha256().toBytes()),
            columns.texts(answer -> answer.delivery().usage().toString()),
            columns.integers(KeptAnswer::charged),
            columns.millis(KeptAnswer::retention),
            columns.millis(KeptAnswer::lease))
        .map(columns::done);
  }

  private Future<List<Boolean>> endAll(List<End> asked) {
    var columns = new Columns<>(asked);
    var signed = new Columns<>(asked.stream().map(end -> end.payment().signed()).toList());
    return run(
            "select till.decide($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            signed.bytes(each -> each.payer().toBytes()),
            columns.bytes(end -> id(end.payment().id())),
            signed.longs(each -> each.amount().asset().chain().value()),
            signed.bytes(each -> each.amount().asset().token().toBytes()),
            columns.longs(end -> end.block().number()),
            columns.bytes(end -> end.block().hash().toBytes()),
            columns.optionalBytes(end -> end.moved().map(hash -> hash.value().toBytes())),
            columns.texts(end -> end.objection().orElse(null)),
            columns.texts(end -> end.proof().orElse(null)))
        .map(columns::done);
  }

  private static byte[] id(PaymentId id) {
    return id.value().toBytes();
  }

  private Future<RowSet<Row>> run(String statement, Object... parameters) {
    return pool.preparedQuery(statement).execute(Tuple.from(parameters));
  }
}
