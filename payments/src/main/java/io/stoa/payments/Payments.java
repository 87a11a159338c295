package io.stoa.payments;

import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.persistence.till.Till;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.crypto.SecretKey;

/**
 * The till at work, put together.
 *
 * @param cashier takes payments and gives answers out
 * @param settlements settles payments for other servers; empty where nobody pays gas for that
 * @param reconciler ends what others left
 * @param refunds sees what providers paid back
 */
public record Payments(
    Cashier cashier,
    Optional<Settlements> settlements,
    Reconciler reconciler,
    RefundWatch refunds) {

  /**
   * Who pays for gas.
   *
   * @param calls of what is sold here: the first of them for what anyone may settle, each for what
   *     only it may
   * @param errands of what is settled for other servers: it pays for nothing else, and nobody else
   *     pays for that
   */
  public record Senders(List<TransactionSender> calls, Optional<TransactionSender> errands) {
    public Senders {
      calls = List.copyOf(calls);
    }
  }

  /**
   * @param walletFactories that may create a payer's wallet on the way to its first payment
   *     (ERC-6492), at the gas of the account that settles
   * @param sends the log that all senders write
   * @param vault seals answers: 256 bits of AES, the same for all instances on one till
   */
  public static Payments of(
      Till till,
      Rpc rpc,
      ChainId chain,
      Finality finality,
      Senders senders,
      Set<Address> walletFactories,
      SendLog sends,
      SecretKey vault,
      Cashier.Terms terms,
      Clock clock) {
    var outcomes = new Outcomes();
    var copies = new Copies(till, outcomes, clock);
    var transfers = new RpcChainReads(rpc);
    var permits = new RpcPermit2Reads(rpc);
    var evidence = new Evidence(rpc, transfers, permits, finality);
    var receipts = new Receipts(clock);
    var contracts = new RpcContractSignatures(rpc);
    // A permit is proved by the call of its transaction, in which no wallet can be created first.
    var transferSigners = new Signers(contracts, walletFactories);
    var permitSigners = new Signers(contracts, Set.of());

    // Taken in and carried out with the same accounts.
    record Line(Objections objections, Intake intake, Settler settler) {}
    Function<List<TransactionSender>, Line> line =
        accounts -> {
          var submissions = new Submissions(rpc, accounts, walletFactories);
          var verifier =
              new Verifier(
                  transfers,
                  permits,
                  transferSigners,
                  permitSigners,
                  submissions,
                  Permit2Domain.of(chain),
                  clock);
          return new Line(
              new Objections(till, verifier),
              new Intake(till, verifier, terms.work(), terms.reorgDepth(), clock),
              new Settler(
                  till,
                  new Submitter(rpc, submissions),
                  sends,
                  evidence,
                  receipts,
                  outcomes,
                  clock));
        };
    var calls = line.apply(senders.calls);
    var errands = senders.errands.map(List::of).map(line);
    return new Payments(
        new Cashier(
            till,
            calls.intake,
            copies,
            calls.settler,
            new AnswerVault(vault),
            receipts,
            outcomes,
            terms),
        errands.map(
            ours ->
                new Settlements(
                    till,
                    ours.objections,
                    ours.intake,
                    copies,
                    ours.settler,
                    outcomes,
                    sends,
                    terms.settling())),
        new Reconciler(
            till,
            calls.settler,
            errands.map(Line::settler),
            outcomes,
            rpc,
            finality,
            terms.settling(),
            terms.patience(),
            clock),
        new RefundWatch(till, rpc, finality));
  }
}
