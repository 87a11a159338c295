package io.stoa.chain.send;

import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.GasEstimate;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Sends with one of the node's own keys. Any number of threads and instances may send with the same
 * key at once: the {@link SendLog} they share gives each its nonce. Blocks; call from a virtual
 * thread.
 */
public final class TransactionSender {
  private static final System.Logger LOG = System.getLogger(TransactionSender.class.getName());
  private static final int NONCES_TO_TRY = 3;
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final Desk desk;
  private final ReceiptWatch watch;
  private final Sweep sweep;
  private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

  /** What was last read of the chain, so that a burst of sends does not read it again and again. */
  private record Known(Desk.Funds funds, long readAt) {
    boolean isFresh() {
      return System.nanoTime() - readAt < FRESH_NANOS;
    }
  }

  /**
   * @param watch may be shared by the senders of one chain
   */
  public TransactionSender(
      Rpc rpc, ChainId chain, SigningKey key, SendLog log, SendPolicy policy, ReceiptWatch watch) {
    this.desk = new Desk(rpc, chain, key, log, policy);
    this.watch = watch;
    this.sweep = new Sweep(desk);
  }

  public Address account() {
    return desk.account();
  }

  /**
   * Sends once and waits for the end. If the log fails before anything is broadcast its exception
   * passes through: then {@link SendLog#findByPurpose} tells whether there is something to {@link
   * #await}.
   *
   * @param purpose finds the send again after a crash
   * @param patience how long to wait before the outcome counts as unknown
   */
  public SendOutcome send(TransactionRequest request, String purpose, Duration patience) {
    return send(request, List.of(purpose), patience, () -> {});
  }

  /**
   * Like {@link #send(TransactionRequest, String, Duration)}, for several purposes at once.
   *
   * @param offered runs when the node was given the transaction, perhaps not the first time; not at
   *     all if it comes to nothing before
   */
  public SendOutcome send(
      TransactionRequest request, List<String> purposes, Duration patience, Runnable offered) {
    long deadline = System.nanoTime() + patience.toNanos();
    for (int attempt = 1; ; attempt++) {
      var plan = plan(request);
      if (plan instanceof Plan.Impossible(var reason)) {
        return new SendOutcome.NotSent(reason);
      }
      var ready = (Plan.Ready) plan;
      var sent =
          desk.log()
              .append(
                  account(),
                  ready.firstFree(),
                  purposes,
                  nonce -> ready.transaction(desk.chain(), nonce, request).sign(desk.key()));
      var delivery = delivery(sent);
      var outcome = delivery.run(deadline, offered);
      if (!delivery.wasDisplaced() || attempt == NONCES_TO_TRY) {
        return outcome;
      }
      known.set(null);
    }
  }

  /** Goes on with a send that was found in the log: broadcasts it if need be, and waits. */
  public SendOutcome await(Sent sent, Duration patience) {
    return delivery(sent).run(System.nanoTime() + patience.toNanos(), () -> {});
  }

  private Delivery delivery(Sent sent) {
    return new Delivery(desk, watch, sweep, sent);
  }

  /**
   * What a recovery found to do.
   *
   * @param concluded sends whose end was found on the chain
   * @param broadcast sends that were handed to the node again
   * @param filled nonces before them that nothing was known of, now used up by empty transfers
   */
  public record Recovery(int concluded, int broadcast, int filled) {}

  /**
   * Carries every open send of this key on: concludes what is mined, broadcasts again, in order,
   * what the node does not have, pays more for what is stuck, fills gaps. Sends that a chain lost
   * after it had mined them are open again. Does not wait for anything to be mined; safe at any
   * time, and meant to be called regularly. Fails like {@link Rpc} and like the log.
   */
  public Recovery recover() {
    var recovery = sweep.run();
    if (!recovery.equals(new Recovery(0, 0, 0))) {
      LOG.log(
          System.Logger.Level.INFO,
          "sends-recovered account={0} concluded={1} broadcast={2} filled={3}",
          account(),
          recovery.concluded(),
          recovery.broadcast(),
          recovery.filled());
    }
    return recovery;
  }

  /** What is known before a nonce is taken. */
  private sealed interface Plan {
    record Ready(long firstFree, Fees fees, long gasLimit) implements Plan {
      FeeMarketTransaction transaction(ChainId chain, long nonce, TransactionRequest request) {
        return new FeeMarketTransaction(
            chain, nonce, fees, gasLimit, request.to(), request.value(), request.data());
      }
    }

    record Impossible(String reason) implements Plan {}
  }

  /** Everything that can be found out while nothing is signed yet: a failure here is certain. */
  private Plan plan(TransactionRequest request) {
    try {
      var now = funds();
      var gas = gasLimit(request);
      if (gas instanceof GasEstimate.Fails(var message, _)) {
        return new Plan.Impossible("it would fail: " + message);
      }
      long limit = ((GasEstimate.Uses) gas).gas();
      var fees = Fees.at(now.price(), desk.policy());
      if (fees.isEmpty()) {
        return new Plan.Impossible("gas costs more than the node may pay");
      }
      var cost = fees.get().maxFeePerGas().multiply(BigInteger.valueOf(limit)).add(request.value());
      return now.balance().compareTo(cost) < 0
          ? new Plan.Impossible("the account cannot pay for gas and value")
          : new Plan.Ready(now.nonce(), fees.get(), limit);
    } catch (RpcException silent) {
      return new Plan.Impossible(
          Optional.ofNullable(silent.getMessage()).orElse("the node does not answer"));
    }
  }

  private Desk.Funds funds() {
    var last = known.get();
    if (last != null && last.isFresh()) {
      return last.funds();
    }
    var now = new Known(desk.funds(), System.nanoTime());
    known.set(now);
    return now.funds();
  }

  private GasEstimate gasLimit(TransactionRequest request) {
    if (request.gasLimit().isPresent()) {
      return new GasEstimate.Uses(request.gasLimit().getAsLong());
    }
    var call = Call.of(request.to(), request.data(), request.value()).from(account());
    return switch (desk.rpc().estimateGas(call)) {
      case GasEstimate.Uses(long gas) ->
          new GasEstimate.Uses(gas + gas * desk.policy().gasMarginPercent() / 100);
      case GasEstimate.Fails fails -> fails;
    };
  }
}
