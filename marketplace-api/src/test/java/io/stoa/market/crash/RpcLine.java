package io.stoa.market.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stoa.local.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The line between a node and its chain, which can be bad in several ways. */
final class RpcLine implements AutoCloseable {
  private static final Duration SLOWNESS = Duration.ofMillis(400);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final byte[] NONSENSE =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n{\"jsonrpc\":\"2.0\",\"result\":"
          .getBytes(ISO_8859_1);

  enum Condition {
    GOOD,
    /** What is asked waits. */
    HELD,
    /** Nobody takes a connection. */
    CUT,
    /** What is asked arrives and is done; no answer comes back. */
    DEAF,
    /** Every part of an answer takes its time. */
    SLOW,
    /** Answers are not what they should be. */
    GARBLED
  }

  private final URI chain;
  private final Moments moments;
  private final ServerSocket entrance;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> asking = ConcurrentHashMap.newKeySet();
  private final AtomicInteger callers = new AtomicInteger();
  private volatile Condition condition = Condition.GOOD;

  RpcLine(URI chain, Moments moments) {
    this.chain = chain;
    this.moments = moments;
    try {
      entrance = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Thread.ofVirtual().name("rpc-line").start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + entrance.getLocalPort());
  }

  synchronized void becomes(Condition next) {
    condition = next;
    notifyAll();
    if (next == Condition.CUT) {
      hangUp();
    }
  }

  /** Holds what is asked from now on, and returns when all that was asked before is answered. */
  void hold() {
    becomes(Condition.HELD);
    if (!Await.until(PATIENCE, asking::isEmpty)) {
      throw new AssertionError("the chain does not answer");
    }
  }

  /** Returns when so many more parts of requests came, or connections that were refused. */
  void awaitCallers(int more, Duration patience) {
    int wanted = callers.get() + more;
    Await.until(patience, () -> callers.get() >= wanted);
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        var caller = entrance.accept();
        callers.incrementAndGet();
        if (condition == Condition.CUT) {
          caller.close();
        } else {
          connect(caller);
        }
      } catch (IOException closedOrUnreachable) {
        // The caller sees it, and this line's end is seen by the loop.
      }
    }
  }

  private void connect(Socket caller) throws IOException {
    var called = new Socket(chain.getHost(), chain.getPort());
    open.add(caller);
    open.add(called);
    Thread.ofVirtual().start(() -> pass(caller, called, bytes -> forwards(caller, bytes)));
    Thread.ofVirtual().start(() -> pass(called, caller, _ -> backwards(caller)));
  }

  /** Looks at what passes, and says whether it goes on. */
  private interface Toll {
    boolean isPassed(byte[] bytes) throws IOException;
  }

  private boolean forwards(Socket caller, byte[] bytes) {
    callers.incrementAndGet();
    asking.add(caller);
    while (condition == Condition.HELD) {
      asking.remove(caller);
      awaitRelease();
      asking.add(caller);
    }
    if (new String(bytes, ISO_8859_1).contains("eth_sendRawTransaction")) {
      moments.happened(Moment.TRANSACTION_SENT);
    }
    return condition != Condition.CUT;
  }

  private synchronized void awaitRelease() {
    try {
      while (condition == Condition.HELD) {
        wait();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  private boolean backwards(Socket caller) throws IOException {
    asking.remove(caller);
    return switch (condition) {
      case GOOD, HELD -> true;
      case CUT, DEAF -> false;
      case SLOW -> {
        LockSupport.parkNanos(SLOWNESS.toNanos());
        yield true;
      }
      case GARBLED -> {
        caller.getOutputStream().write(NONSENSE);
        yield false;
      }
    };
  }

  private void pass(Socket from, Socket to, Toll toll) {
    var part = new byte[64 * 1024];
    try (from;
        to) {
      int length = from.getInputStream().read(part);
      while (length > 0) {
        var bytes = Arrays.copyOf(part, length);
        if (!toll.isPassed(bytes)) {
          return;
        }
        to.getOutputStream().write(bytes);
        length = from.getInputStream().read(part);
      }
    } catch (IOException ended) {
      // One end hung up: so does the other.
    } finally {
      open.remove(from);
      open.remove(to);
      asking.remove(from);
    }
  }

  private void hangUp() {
    for (var socket : open) {
      try {
        socket.close();
      } catch (IOException alreadyClosed) {
        // That is what was wanted.
      }
    }
  }

  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    hangUp();
  }
}
