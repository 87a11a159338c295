package io.stoa.market.billing;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.ChainId;
import io.stoa.market.inference.InferenceConfig;
import io.stoa.market.node.ChainConfig;
import io.stoa.market.node.ChannelsConfig;
import io.stoa.payments.Cashier;
import io.stoa.payments.ChannelDesk;
import io.stoa.payments.ClaimWorker;
import io.stoa.payments.Payments;
import io.stoa.payments.PostgresSendLog;
import io.stoa.payments.Receipts;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Sends;
import io.stoa.persistence.till.Till;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelContracts;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The till and what works on it. */
final class BillingParts {
  private static final Duration SLOWEST_LOOK = Duration.ofMillis(250);
  private static final Duration CLAIM_PATIENCE = Duration.ofSeconds(30);

  private BillingParts() {}

  @Produces
  @Singleton
  static Till till(Pool pool) {
    return new PostgresTill(pool);
  }

  @Produces
  @Singleton
  static SendLog sends(Pool pool) {
    return new PostgresSendLog(new Sends(pool));
  }

  @Produces
  @Singleton
  static ReceiptWatch watch(Rpc rpc) {
    return new ReceiptWatch(rpc, SLOWEST_LOOK);
  }

  static void close(@Disposes ReceiptWatch watch) {
    watch.close();
  }

  @Produces
  @Singleton
  static TransactionSender sender(
      Rpc rpc, ChainId chain, KeyRing keys, SendLog sends, ReceiptWatch watch) {
    return new TransactionSender(
        rpc, chain, keys.senders().getFirst(), sends, SendPolicy.standard(), watch);
  }

  @Produces
  @Singleton
  static Payments payments(
      Till till,
      Rpc rpc,
      ChainId id,
      Finality finality,
      TransactionSender sender,
      SendLog sends,
      KeyRing keys,
      PaymentsConfig payments,
      InferenceConfig inference,
      ChainConfig chain,
      Clock clock) {
    var terms =
        new Cashier.Terms(
            inference.providerTimeout().plusSeconds(5),
            payments.settlementLease(),
            payments.replyRetention(),
            chain.finalDepth());
    return Payments.of(
        till,
        rpc,
        id,
        finality,
        List.of(sender),
        sends,
        keys.attester(),
        keys.vault(),
        terms,
        clock);
  }

  @Produces
  @Singleton
  static ChannelTill channelTill(Pool pool) {
    return new ChannelTill(pool);
  }

  @Produces
  @Singleton
  static ChannelReads channelReads(Rpc rpc) {
    return new ChannelReads(rpc, ChannelContracts.CHANNELS);
  }

  @Produces
  @Singleton
  static ChannelDesk desk(
      ChannelTill till,
      ChannelReads reads,
      ChainId chain,
      KeyRing keys,
      InferenceConfig inference,
      Clock clock) {
    return new ChannelDesk(
        till,
        reads,
        new BatchVerifier(chain),
        new Receipts(keys.attester(), clock),
        inference.providerTimeout().plusSeconds(5),
        clock);
  }

  @Produces
  @Singleton
  static ClaimWorker claims(
      ChannelTill till,
      ChannelReads reads,
      Rpc rpc,
      TransactionSender sender,
      SendLog sends,
      KeyRing keys,
      ChannelsConfig channels) {
    return new ClaimWorker(
        till,
        reads,
        rpc,
        sender,
        sends,
        keys.authorizer(),
        new ClaimWorker.Terms(channels.claimThreshold(), channels.claimAge(), CLAIM_PATIENCE));
  }
}
