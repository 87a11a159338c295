package io.stoa.market.billing;

import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.market.inference.InferenceConfig;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.market.node.ChainConfig;
import io.stoa.market.node.ChannelsConfig;
import io.stoa.market.node.PaymentsConfig;
import io.stoa.market.node.StartFailure;
import io.stoa.market.node.WholeBody;
import io.stoa.payments.AnswerVault;
import io.stoa.payments.Cashier;
import io.stoa.payments.ChannelAnswers;
import io.stoa.payments.Channels;
import io.stoa.payments.ClaimWorker;
import io.stoa.payments.Payments;
import io.stoa.payments.PostgresSendLog;
import io.stoa.payments.Receipts;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Nonces;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Presence;
import io.stoa.persistence.till.Sends;
import io.stoa.persistence.till.Till;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The till and what works on it. */
final class BillingParts {
  private static final Duration SLOWEST_LOOK = Duration.ofMillis(250);

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
  static Senders senders(Rpc rpc, ChainId chain, KeyRing keys, SendLog sends, ReceiptWatch watch) {
    return Senders.of(
        keys.senders().stream()
            .map(key -> new TransactionSender(rpc, chain, key, sends, SendPolicy.standard(), watch))
            .toList());
  }

  @Produces
  @Singleton
  static Payments payments(
      Till till,
      Rpc rpc,
      ChainId id,
      Finality finality,
      Senders senders,
      Errands errands,
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
            payments.refundAfter(),
            chain.finalDepth());
    return Payments.of(
        till,
        rpc,
        id,
        finality,
        new Payments.Senders(senders.calls(), errands.sender()),
        walletFactories(payments),
        sends,
        keys.vault(),
        terms,
        clock);
  }

  private static Set<Address> walletFactories(PaymentsConfig payments) {
    try {
      return payments.walletFactories().stream()
          .flatMap(List::stream)
          .map(Address::parse)
          .collect(Collectors.toUnmodifiableSet());
    } catch (IllegalArgumentException malformed) {
      throw new StartFailure(
          "stoa.payments.wallet-factories is wrong: " + malformed.getMessage() + ".", malformed);
    }
  }

  @Produces
  @Singleton
  static ChannelTill calls(Pool pool, Presence presence, Clock clock) {
    return new ChannelTill(pool, presence::isAlone, clock);
  }

  @Produces
  @Singleton
  static ChannelBooks books(Pool pool, ChannelTill calls) {
    return ChannelBooks.of(pool, calls);
  }

  @Produces
  @Singleton
  static Presence presence(Pool pool) {
    return new Presence(pool);
  }

  @Produces
  @Singleton
  static Nonces nonces(Pool pool) {
    return new Nonces(pool);
  }

  @Produces
  @Singleton
  static ChannelAnswers answers(
      ChannelBooks books,
      KeyRing keys,
      PaymentsConfig payments,
      ChannelsConfig channels,
      Clock clock) {
    return new ChannelAnswers(
        books.channels(),
        new AnswerVault(keys.vault()),
        payments.replyRetention(),
        WholeBody.bytes("stoa.channels.max-kept-answer", channels.maxKeptAnswer()),
        clock);
  }

  @Produces
  @Singleton
  static Channels channels(
      ChannelBooks books,
      ChannelAnswers answers,
      Rpc rpc,
      ChainId id,
      Finality finality,
      Senders senders,
      SendLog sends,
      KeyRing keys,
      AcceptedAssets assets,
      ChannelsConfig channels,
      InferenceConfig inference,
      ChainConfig chain,
      Clock clock) {
    var claims =
        new ClaimWorker.Terms(
            channels.claimThreshold(), channels.claimAge(), channels.claimPatience());
    return Channels.of(
        books,
        rpc,
        finality,
        senders.calls().getFirst(),
        senders.claims(),
        sends,
        keys.authorizer(),
        new Receipts(clock),
        answers,
        new Channels.Terms(
            id,
            assets.assets(),
            inference.providerTimeout().plusSeconds(5),
            chain.finalDepth(),
            claims),
        clock);
  }
}
