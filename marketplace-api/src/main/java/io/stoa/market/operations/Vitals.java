package io.stoa.market.operations;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.keys.KeyRing;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.persistence.mirror.MirrorWriter;
import jakarta.inject.Singleton;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the chain, the mirror and the senders every two seconds, so that neither a probe nor a
 * scrape has to wait for any of them.
 */
@Singleton
class Vitals {
  private static final System.Logger LOG = System.getLogger(Vitals.class.getName());
  private static final Duration FRESH = Duration.ofSeconds(20);

  private final Rpc rpc;
  private final ChainId chain;
  private final MirrorWriter mirror;
  private final List<Address> senders;
  private final long firstBlock;
  private final Clock clock;
  private volatile @Nullable Sample last;

  Vitals(
      Rpc rpc,
      ChainId chain,
      MirrorWriter mirror,
      KeyRing keys,
      AddressBook addresses,
      Clock clock,
      MeterRegistry metrics) {
    this.rpc = rpc;
    this.chain = chain;
    this.mirror = mirror;
    this.senders = keys.senders().stream().map(SigningKey::address).toList();
    this.firstBlock = addresses.deploymentBlock();
    this.clock = clock;
    gauge(metrics, "stoa.chain.head.block", "The chain's newest block", Sample::head);
    gauge(metrics, "stoa.indexer.block", "The last block in the mirror", Sample::mirrored);
    gauge(metrics, "stoa.indexer.lag.blocks", "How far the mirror is behind", Sample::lag);
    for (var sender : senders) {
      Gauge.builder(
              "stoa.sender.balance.wei",
              this,
              vitals -> vitals.value(sample -> balance(sample, sender)))
          .tag("account", sender.toString())
          .description("What a sender holds to pay for gas")
          .register(metrics);
    }
  }

  /** What was found lately; empty when the last good look is too long ago. */
  Optional<Sample> recent() {
    return Optional.ofNullable(last).filter(sample -> isFresh(sample.takenAt()));
  }

  @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
  @RunOnVirtualThread
  void look() {
    try {
      var head = rpc.head().number();
      var mirrored =
          mirror.cursor(chain).map(cursor -> cursor.block().number()).orElse(firstBlock - 1);
      var balances = new HashMap<Address, BigInteger>();
      for (var sender : senders) {
        balances.put(sender, rpc.balance(sender));
      }
      last = new Sample(clock.instant(), head, mirrored, balances);
    } catch (RpcException | MarketException unavailable) {
      LOG.log(WARNING, "chain or database do not answer: {0}", unavailable.getMessage());
    }
  }

  private boolean isFresh(Instant takenAt) {
    return takenAt.plus(FRESH).isAfter(clock.instant());
  }

  private void gauge(
      MeterRegistry metrics, String name, String what, ToDoubleFunction<Sample> value) {
    Gauge.builder(name, this, vitals -> vitals.value(value)).description(what).register(metrics);
  }

  private double value(ToDoubleFunction<Sample> value) {
    return recent().map(value::applyAsDouble).orElse(Double.NaN);
  }

  private static double balance(Sample sample, Address sender) {
    return sample.balances().getOrDefault(sender, BigInteger.ZERO).doubleValue();
  }
}
