package io.stoa.market.inference;

import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.ChainId;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.market.node.ChannelsConfig;
import io.stoa.market.node.NodeDid;
import io.stoa.market.node.Origin;
import io.stoa.market.node.PaymentsConfig;
import io.stoa.market.node.StartFailure;
import io.stoa.market.node.WholeBody;
import io.stoa.market.provider.EndpointGuard;
import io.stoa.payments.ChannelAnswers;
import io.stoa.payments.Channels;
import io.stoa.payments.Payments;
import io.stoa.payments.RpcSignInWallets;
import io.stoa.persistence.till.Nonces;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.extension.SignInWithX;
import io.stoa.x402.extension.SignIns;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What paid calls are made of. */
final class InferenceParts {
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(30);

  /** What wallets show to who signs in. */
  private static final String STATEMENT = "Fetch again what you paid for.";

  private InferenceParts() {}

  @Produces
  @Singleton
  static Shelf shelf() {
    return new Shelf();
  }

  @Produces
  @Singleton
  static Meter meter(InferenceConfig config) {
    return new Meter(
        config.providerTimeout(), config.streamTimeout(), config.maxAnswerBody().asLongValue());
  }

  @Produces
  @Singleton
  static PaymentOptions options(
      Rpc rpc,
      AcceptedAssets accepted,
      KeyRing keys,
      ChannelsConfig channels,
      PaymentsConfig payments,
      InferenceConfig config) {
    var terms = terms(channels, keys);
    // What a stream has used is claimed only after its end.
    if (config.streamTimeout().multipliedBy(3).compareTo(channels.withdrawDelay()) > 0) {
      throw new StartFailure(
          "stoa.inference.stream-timeout must be a third of stoa.channels.withdraw-delay at most.");
    }
    return new PaymentOptions(
        new PayableTokens(rpc, accepted)::find,
        terms,
        channels.callsPerDeposit(),
        channels.leastDeposit(),
        payments.leastPrice(),
        keys.senders().getFirst().address(),
        config.maxTimeout());
  }

  private static ChannelTerms terms(ChannelsConfig channels, KeyRing keys) {
    try {
      return new ChannelTerms(
          keys.authorizer().address(),
          Math.toIntExact(channels.withdrawDelay().toSeconds()),
          Optional.empty());
    } catch (IllegalArgumentException | ArithmeticException impossible) {
      throw new StartFailure(
          "stoa.channels.withdraw-delay must be from 15 minutes to 30 days.", impossible);
    }
  }

  @Produces
  @Singleton
  static Attestations attestations(KeyRing keys, InferenceConfig config, Clock clock) {
    return new Attestations(
        keys.attester(), config.maxTimeout(), clock, Thread::startVirtualThread);
  }

  @Produces
  @Singleton
  static SignInWithX signInWithX(Origin origin, ChainId chain) {
    return new SignInWithX(origin.uri(), List.of(chain), Optional.of(STATEMENT));
  }

  @Produces
  @Singleton
  static SignIns signIns(SignInWithX here, Rpc rpc, ChainId chain, Nonces nonces) {
    return new SignIns(here, new RpcSignInWallets(rpc, chain), nonces::use);
  }

  @Produces
  @Singleton
  static Upstream upstream(
      EndpointGuard guard,
      Vertx vertx,
      KeyRing keys,
      NodeDid did,
      InferenceConfig config,
      Clock clock) {
    return new Upstream(
        guard,
        new ProviderClient(
            vertx,
            config.providerTimeout(),
            WholeBody.bytes("stoa.inference.max-answer-body", config.maxAnswerBody()),
            clock),
        new RequestSigner(keys.origin(), did.key("origin"), clock));
  }

  @Produces
  @Singleton
  static PaidCalls calls(
      Payments payments,
      Channels channels,
      ChannelAnswers answers,
      SignIns signIns,
      Upstream upstream,
      Meter meter,
      Replies replies,
      InferenceConfig config,
      Clock clock) {
    var timeout = config.providerTimeout();
    if (config.maxTimeout().compareTo(timeout.plus(LEAST_MARGIN)) < 0) {
      throw new StartFailure(
          "stoa.inference.max-timeout must exceed stoa.inference.provider-timeout by 30 s.");
    }
    return new PaidCalls(
        new SinglePayments(payments.cashier(), upstream, meter, replies, timeout, clock),
        new ChannelCalls(
            channels,
            upstream,
            meter,
            new StreamedCalls(channels.vouchers(), replies, timeout, config.streamTimeout()),
            replies,
            timeout,
            clock),
        new SignedInCalls(signIns, payments.cashier(), answers, replies, clock),
        replies,
        new CallThreads("paid-call", config.maxCalls()));
  }
}
