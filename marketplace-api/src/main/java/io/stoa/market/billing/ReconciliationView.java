package io.stoa.market.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.persistence.till.Audit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The till's own health: what is undecided, and whether the books agree with each other and with
 * the chain.
 *
 * @param at when this was found out; the same answer is given for some seconds
 * @param payments by transactions of their own
 * @param auditedSince when the last round of the audit began that saw every channel there was
 */
@Schema(name = "Reconciliation")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReconciliationView(
    Instant at, Payments payments, List<Channels> channels, @Nullable Instant auditedSince) {

  static ReconciliationView of(
      Instant at,
      Audit.Undecided undecided,
      Audit.Decided decided,
      List<Audit.Debt> debts,
      List<Audit.Finding> findings,
      @Nullable Instant auditedSince) {
    return new ReconciliationView(
        at,
        Payments.of(undecided, decided, debts),
        findings.stream().map(Channels::of).toList(),
        auditedSince);
  }

  /**
   * Payments by transactions of their own.
   *
   * @param undecided VERIFIED, SETTLING or UNKNOWN right now
   * @param oldestUndecided when the oldest of them was presented
   * @param states how many are in each state
   * @param isEstimated whether the numbers of those that are decided are estimates
   * @param refundsDue what providers owe for calls that were paid upfront and never answered
   */
  @Schema(name = "ReconciledPayments")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Payments(
      long undecided,
      @Nullable Instant oldestUndecided,
      Map<String, Long> states,
      boolean isEstimated,
      List<RefundsDue> refundsDue) {

    private static Payments of(
        Audit.Undecided undecided, Audit.Decided decided, List<Audit.Debt> debts) {
      var states = new TreeMap<>(undecided.byState());
      states.putAll(decided.byState());
      return new Payments(
          undecided.count(),
          undecided.oldest().orElse(null),
          states,
          !decided.isExact(),
          debts.stream().map(RefundsDue::of).toList());
    }
  }

  /**
   * Payments in one asset that are REFUND_DUE.
   *
   * @param amount their sum, in the asset's smallest unit
   */
  @Schema(name = "ReconciledRefundsDue")
  record RefundsDue(String asset, long count, String amount) {

    private static RefundsDue of(Audit.Debt debt) {
      return new RefundsDue(debt.asset().toString(), debt.payments(), debt.amount().toString());
    }
  }

  /**
   * All channels in one asset, each as it was when it was audited, in the asset's smallest unit.
   *
   * @param count of channels
   * @param behind channels whose ledger is not read to its end yet: the sums below differ meanwhile
   * @param wrong channels whose ledger says otherwise than their row: always 0
   * @param ledger what the accounts of the ledger hold
   * @param till what the rows of the channels say
   * @param chain what the chain showed of them when it was read last
   * @param oldestUnclaimed since when some channel owes its receiver something
   * @param lastClaims when a round of claims ended last, of whatever instance
   */
  @Schema(name = "ReconciledChannels")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Channels(
      String asset,
      long count,
      long behind,
      long wrong,
      Ledger ledger,
      Till till,
      Chain chain,
      @Nullable Instant oldestUnclaimed,
      @Nullable Instant lastClaims) {

    private static Channels of(Audit.Finding finding) {
      var ledger = finding.ledger();
      return new Channels(
          finding.asset().toString(),
          finding.channels(),
          finding.behind(),
          finding.wrong(),
          new Ledger(
              ledger.payer().toString(),
              ledger.unspent().toString(),
              ledger.due().toString(),
              ledger.receiver().toString(),
              ledger.sum().toString()),
          new Till(
              finding.charged().toString(),
              finding.charged().subtract(finding.claimed()).toString()),
          new Chain(finding.balance().toString(), finding.claimed().toString()),
          finding.oldestUnclaimed().orElse(null),
          finding.lastClaims().orElse(null));
    }
  }

  /**
   * Accounts by kind.
   *
   * @param payers what they put in and did not get back, as a debt: minus the chain's balance
   * @param unspent what channels hold that is not charged
   * @param due what is charged and not claimed
   * @param receivers what they claimed
   * @param sum of all: always 0
   */
  @Schema(name = "ReconciledLedger")
  record Ledger(String payers, String unspent, String due, String receivers, String sum) {}

  /**
   * @param charged for calls: claimed and unclaimed together
   * @param unclaimed part of it
   */
  @Schema(name = "ReconciledTill")
  record Till(String charged, String unclaimed) {}

  /**
   * @param balance deposits less what went back to payers
   * @param claimed of it, by receivers
   */
  @Schema(name = "ReconciledChain")
  record Chain(String balance, String claimed) {}
}
