package io.stoa.chain.send;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.domain.TxHash;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for receipts on behalf of everyone at once: one batch a tick, however many transactions are
 * waited for. A tick asks for the head and for what is new; everything else is asked for when the
 * head has moved. Ticks start a few milliseconds apart and slow down until there is news.
 */
public final class ReceiptWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ReceiptWatch.class.getName());
  private static final int LARGEST_BATCH = 100;
  private static final long FASTEST_NANOS = Duration.ofMillis(5).toNanos();

  /** Whoever else comes in this time is asked about in the same batch. */
  private static final long COALESCE_NANOS = Duration.ofMillis(2).toNanos();

  private final Rpc rpc;
  private final long slowestNanos;
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private final Thread poller;
  private volatile boolean closed;
  private long seenHead = -1;

  /**
   * @param slowest the longest pause between two ticks while something is waited for
   */
  public ReceiptWatch(Rpc rpc, Duration slowest) {
    this.rpc = rpc;
    this.slowestNanos = slowest.toNanos();
    this.poller = Thread.ofVirtual().name("receipt-watch").start(this::poll);
  }

  /** Blocks until one of the transactions is mined, or empty after {@code patience}. */
  public Optional<Receipt> await(Collection<TxHash> anyOf, Duration patience) {
    var waiter = new Waiter(Set.copyOf(anyOf));
    waiters.add(waiter);
    news.release();
    try {
      return Optional.of(waiter.found.get(patience.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException late) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      waiters.remove(waiter);
    }
  }

  /** Tells that there may be a new block, so that nobody waits for the next tick. */
  public void nudge() {
    if (!waiters.isEmpty()) {
      news.release();
    }
  }

  private void poll() {
    long pause = FASTEST_NANOS;
    while (!closed) {
      try {
        if (isNews(pause)) {
          Thread.sleep(Duration.ofNanos(COALESCE_NANOS));
          pause = FASTEST_NANOS;
        } else {
          // A receipt is seen at most a fifth of its age, and the first pause, too late.
          pause = Math.min(pause + pause / 5, slowestNanos);
        }
        news.drainPermits();
        tick();
      } catch (InterruptedException stopped) {
        return;
      } catch (RpcException silent) {
        pause = slowestNanos;
      } catch (RuntimeException bug) {
        LOG.log(System.Logger.Level.ERROR, "receipt-watch-failed", bug);
        pause = slowestNanos;
      }
    }
  }

  /** Waits until there is news; while somebody waits for a receipt, no longer than the pause. */
  private boolean isNews(long pause) throws InterruptedException {
    if (waiters.isEmpty()) {
      news.acquire();
      return true;
    }
    return news.tryAcquire(pause, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    var everyone = List.copyOf(waiters);
    var fresh = everyone.stream().filter(waiter -> !waiter.asked).toList();
    if (everyone.isEmpty()) {
      return;
    }
    long head = ask(fresh);
    if (head != seenHead) {
      ask(everyone.stream().filter(waiter -> !fresh.contains(waiter)).toList());
      seenHead = head;
    }
  }

  /** Answers the number of the head, which is read before any receipt. */
  private long ask(List<Waiter> some) {
    var hashes = some.stream().flatMap(waiter -> waiter.anyOf.stream()).distinct().toList();
    long head = -1;
    for (int from = 0; from == 0 || from < hashes.size(); from += LARGEST_BATCH) {
      var batch = rpc.batch();
      var number = batch.add(RpcRequest.headNumber());
      var receipts =
          hashes.stream()
              .skip(from)
              .limit(LARGEST_BATCH)
              .map(hash -> batch.add(RpcRequest.receipt(hash)))
              .toList();
      batch.send();
      head = from == 0 ? number.get() : head;
      receipts.forEach(receipt -> receipt.get().ifPresent(found -> tell(some, found)));
    }
    some.forEach(waiter -> waiter.asked = true);
    return head;
  }

  private static void tell(List<Waiter> some, Receipt receipt) {
    for (var waiter : some) {
      if (waiter.anyOf.contains(receipt.transaction())) {
        waiter.found.complete(receipt);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    poller.interrupt();
  }

  private static final class Waiter {
    private final Set<TxHash> anyOf;
    private final CompletableFuture<Receipt> found = new CompletableFuture<>();
    private volatile boolean asked;

    private Waiter(Set<TxHash> anyOf) {
      this.anyOf = anyOf;
    }
  }
}
