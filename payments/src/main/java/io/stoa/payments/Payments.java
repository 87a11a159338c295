package io.stoa.payments;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.ChainId;
import io.stoa.persistence.till.Till;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * The till at work, put together.
 *
 * @param cashier takes payments and gives answers out
 * @param settlements settles payments for other servers
 * @param reconciler ends what others left
 */
public record Payments(Cashier cashier, Settlements settlements, Reconciler reconciler) {

  /**
   * @param senders pay for gas: the first of them for what anyone may settle, each for what only it
   *     may
   * @param sends the log that they write
   * @param attester signs receipts
   * @param vault seals answers: 256 bits of AES, the same for all instances on one till
   */
  public static Payments of(
      Till till,
      Rpc rpc,
      ChainId chain,
      Finality finality,
      List<TransactionSender> senders,
      SendLog sends,
      SigningKey attester,
      SecretKey vault,
      Cashier.Terms terms,
      Clock clock) {
    var transfers = new RpcChainReads(rpc);
    var permits = new RpcPermit2Reads(rpc);
    var submissions = new Submissions(rpc, senders);
    var outcomes = new Outcomes();
    var receipts = new Receipts(attester, clock);
    var settler =
        new Settler(
            till,
            new Submitter(rpc, submissions),
            sends,
            new Evidence(rpc, transfers, permits, finality),
            receipts,
            outcomes,
            clock);
    var verifier =
        new Verifier(
            transfers,
            permits,
            new Signers(new RpcContractSignatures(rpc), Set.of()),
            submissions,
            Permit2Domain.of(chain),
            clock);
    var intake = new Intake(till, verifier, terms.work(), terms.reorgDepth(), clock);
    var copies = new Copies(till, outcomes, clock);
    return new Payments(
        new Cashier(
            till, intake, copies, settler, new AnswerVault(vault), receipts, outcomes, terms),
        new Settlements(till, intake, copies, settler, outcomes, sends, terms.settling()),
        new Reconciler(till, settler, outcomes, rpc, finality, terms.settling(), clock));
  }
}
