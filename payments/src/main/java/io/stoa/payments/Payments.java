package io.stoa.payments;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.persistence.till.Till;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.util.Set;
import javax.crypto.SecretKey;

/**
 * The till at work, put together.
 *
 * @param cashier takes payments and gives answers out
 * @param reconciler ends what others left
 */
public record Payments(Cashier cashier, Reconciler reconciler) {

  /**
   * @param sends the log that {@code sender} writes
   * @param attester signs receipts
   * @param vault seals answers: 256 bits of AES, the same for all instances on one till
   */
  public static Payments of(
      Till till,
      Rpc rpc,
      Finality finality,
      TransactionSender sender,
      SendLog sends,
      SigningKey attester,
      SecretKey vault,
      Cashier.Terms terms,
      Clock clock) {
    var reads = new RpcChainReads(rpc);
    var outcomes = new Outcomes();
    var settler =
        new Settler(
            till,
            sender,
            sends,
            new Evidence(rpc, reads, finality),
            new Receipts(attester, clock),
            outcomes,
            clock);
    return new Payments(
        new Cashier(
            till,
            reads,
            new Signers(new RpcContractSignatures(rpc), Set.of()),
            settler,
            new AnswerVault(vault),
            outcomes,
            terms,
            clock),
        new Reconciler(till, settler, outcomes, rpc, finality, terms.settling(), clock));
  }
}
