package io.stoa.chain.send;

import io.stoa.chain.rpc.ChainTransaction;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.send.TransactionSender.Recovery;
import io.stoa.domain.TxHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Goes through everything that is open under one key: concludes what is mined, broadcasts again
 * what the node has lost, pays more for what is stuck, fills gaps. One sweep at a time, and one
 * batch to see where everything stands.
 */
final class Sweep {
  private static final int LARGEST_BATCH = 100;

  private final Desk desk;
  private final ReentrantLock sweeping = new ReentrantLock();
  private final Set<Long> seenUsedUp = new HashSet<>();
  private final Map<TxHash, Long> pendingSince = new HashMap<>();
  private volatile long lastSweep = System.nanoTime();

  Sweep(Desk desk) {
    this.desk = desk;
  }

  /** For whoever waits: does nothing if a sweep is under way or was made lately. */
  void runIfDue() {
    boolean due = System.nanoTime() - lastSweep >= desk.policy().recheckAfter().toNanos();
    if (due && sweeping.tryLock()) {
      try {
        sweep();
      } finally {
        sweeping.unlock();
      }
    }
  }

  Recovery run() {
    sweeping.lock();
    try {
      return sweep();
    } finally {
      sweeping.unlock();
    }
  }

  private Recovery sweep() {
    lastSweep = System.nanoTime();
    var log = desk.log();
    var account = desk.account();
    var funds = desk.funds();
    long next = funds.nonce();
    log.reopen(account, next);
    var open = log.open(account);
    var used = open.stream().filter(sent -> sent.nonce() < next).toList();
    var waiting = open.stream().filter(sent -> sent.nonce() >= next).toList();
    int concluded = (int) used.stream().filter(this::conclude).count();
    int filled = fillGaps(next, waiting, funds);
    int broadcast = push(waiting, funds);
    return new Recovery(concluded, broadcast, filled);
  }

  private boolean conclude(Sent sent) {
    return switch (desk.look(sent)) {
      case Desk.Sight.Mined(var receipt) -> {
        desk.conclude(sent, desk.outcomeOf(sent, receipt));
        yield true;
      }
      case Desk.Sight.UsedUp _ -> {
        // A node may show a nonce before it shows the receipt: believed when seen twice.
        boolean seenBefore = !seenUsedUp.add(sent.nonce());
        if (seenBefore) {
          desk.conclude(sent, new Outcome.Displaced());
        }
        yield seenBefore;
      }
      case Desk.Sight.Waiting _ -> false;
    };
  }

  private int fillGaps(long next, List<Sent> waiting, Desk.Funds funds) {
    int filled = 0;
    long expected = next;
    for (var sent : waiting) {
      for (; expected < sent.nonce(); expected++) {
        filled += fill(expected, funds) ? 1 : 0;
      }
      expected = sent.nonce() + 1;
    }
    return filled;
  }

  private boolean fill(long nonce, Desk.Funds funds) {
    var log = desk.log();
    var fees = Fees.at(funds.price(), desk.policy());
    if (fees.isEmpty() || log.find(desk.account(), nonce).isPresent()) {
      return false;
    }
    var filler =
        log.append(
            desk.account(),
            nonce,
            gap(nonce),
            free -> desk.cancel(free, fees.get()).sign(desk.key()));
    desk.offer(filler);
    return true;
  }

  /** Every gap is a purpose of its own: several may be under way at once. */
  private String gap(long nonce) {
    return "gap " + desk.account() + " " + nonce;
  }

  /** In the order of the nonces. Answers how many were broadcast. */
  private int push(List<Sent> waiting, Desk.Funds funds) {
    var known = known(waiting);
    pendingSince.keySet().retainAll(known);
    int broadcast = 0;
    for (var sent : waiting) {
      if (!known.contains(sent.latest().hash())) {
        desk.offer(sent);
        broadcast++;
      } else if (isStuck(sent, funds)) {
        var dearer = desk.bump(sent);
        dearer.ifPresent(desk::offer);
        broadcast += dearer.isPresent() ? 1 : 0;
      }
    }
    return broadcast;
  }

  private boolean isStuck(Sent sent, Desk.Funds funds) {
    long now = System.nanoTime();
    long since = pendingSince.computeIfAbsent(sent.latest().hash(), _ -> now);
    var offered = FeeMarketTransaction.read(sent.latest()).fees().maxFeePerGas();
    return now - since >= desk.policy().bumpAfter().toNanos()
        || offered.compareTo(funds.price().baseFee()) < 0;
  }

  /** Which of the latest variants the node has. */
  private Set<TxHash> known(List<Sent> waiting) {
    var known = new HashSet<TxHash>();
    for (int from = 0; from < waiting.size(); from += LARGEST_BATCH) {
      var batch = desk.rpc().batch();
      var answers = new ArrayList<Supplier<Optional<ChainTransaction>>>();
      waiting.stream()
          .skip(from)
          .limit(LARGEST_BATCH)
          .map(sent -> RpcRequest.transaction(sent.latest().hash()))
          .forEach(request -> answers.add(batch.add(request)));
      batch.send();
      answers.forEach(answer -> answer.get().ifPresent(found -> known.add(found.hash())));
    }
    return known;
  }
}
