package io.stoa.payments;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/**
 * The channels of one chain at work, put together.
 *
 * @param vouchers takes payments out of channels
 * @param deposits takes payments that fill them first
 * @param refunds gives back what is left in them
 * @param rounds end what others left, again and again
 * @param claims bring in what channels owe, again and again
 */
public record Channels(
    ChannelDesk vouchers,
    DepositDesk deposits,
    RefundDesk refunds,
    ChannelRounds rounds,
    ClaimRounds claims) {

  /**
   * @param assets whose channels are looked after and claimed from
   * @param call how long the holder of a reservation may take before others may end it
   * @param reorgDepth blocks below the head that may still be replaced
   */
  public record Terms(
      ChainId chain, Set<Asset> assets, Duration call, long reorgDepth, ClaimWorker.Terms claims) {
    public Terms {
      assets = Set.copyOf(assets);
    }
  }

  /**
   * @param sender pays for deposits and refunds
   * @param claimer pays for claims
   * @param sends the log that both write
   * @param authorizer of the receivers: signs claims and refunds
   */
  public static Channels of(
      ChannelBooks books,
      Rpc rpc,
      Finality finality,
      TransactionSender sender,
      TransactionSender claimer,
      SendLog sends,
      SigningKey authorizer,
      Receipts receipts,
      ChannelAnswers answers,
      Terms terms,
      Clock clock) {
    var chain = new ChannelReads(rpc, ChannelContracts.CHANNELS);
    var verifier = new BatchVerifier(terms.chain);
    var channelSends = new ChannelSends(rpc, sender, sends);
    var moves = new ChannelMoves(books.channels(), chain);
    var vouchers =
        new ChannelDesk(books.channels(), chain, verifier, receipts, answers, terms.call, clock);
    var claims = new ClaimWorker(books, chain, rpc, claimer, sends, authorizer, terms.claims);

    var reads = new DepositReads(rpc);
    var outcomes = new Outcomes();
    var evidence = new DepositEvidence(rpc, reads, books.deposits(), finality);
    var deposits = new DepositCarrier(books.deposits(), channelSends, evidence, moves, outcomes);
    var check =
        new DepositCheck(
            books.channels(),
            chain,
            reads,
            verifier,
            new Signers(new RpcContractSignatures(rpc), Set.of()),
            deposits,
            terms.reorgDepth,
            clock);
    var refunds =
        new RefundCarrier(
            books, rpc, finality, chain, channelSends, moves, new AuthorizerCalls(authorizer));
    var patience = terms.claims.patience();
    return new Channels(
        vouchers,
        new DepositDesk(books, vouchers, check, deposits, outcomes, clock),
        new RefundDesk(books, chain, verifier, authorizer.address(), refunds, clock),
        new ChannelRounds(
            books.channels(),
            new DepositReconciler(books.deposits(), deposits, rpc, finality, patience, clock),
            new RefundReconciler(books.refunds(), refunds, rpc, finality, patience)),
        new ClaimRounds(
            books.exposure(),
            authorizer.address(),
            new ChannelWatch(books, chain, authorizer.address(), claims),
            claims,
            terms.assets,
            clock));
  }
}
