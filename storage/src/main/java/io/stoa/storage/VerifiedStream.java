package io.stoa.storage;

import io.stoa.storage.unixfs.LeafWalk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The content of a tree, leaf by leaf, each verified before its first byte is given out. Once the
 * first leaf has been consumed, the next two are read and verified beside the consumer; who wants
 * only a few bytes costs no more than one. For one consumer.
 */
final class VerifiedStream extends InputStream {
  private static final int AHEAD = 2;

  private final LeafWalk leaves;
  private final Runnable onClose;
  private final Supplier<BlockReader> readers;
  private final List<LeafLoad> loads = new ArrayList<>();
  private final Deque<LeafLoad> coming = new ArrayDeque<>();

  private LeafLoad current;
  private int position;
  private int limit;
  private boolean hasFailed;
  private boolean isClosed;

  /**
   * Reads the first leaf before it returns.
   *
   * @param onClose runs once, when this is closed
   */
  VerifiedStream(LeafWalk leaves, Supplier<BlockReader> readers, Runnable onClose) {
    this.leaves = leaves;
    this.readers = readers;
    this.onClose = onClose;
    this.current = newLoad();
    leaves.next().ifPresent(this::begin);
  }

  private void begin(LeafWalk.Step first) {
    try {
      limit = current.now(first.leaf());
      position = first.skip();
    } catch (RuntimeException e) {
      current.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    return hasMore() ? current.bytes()[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!hasMore()) {
      return -1;
    }
    int taken = Math.min(length, limit - position);
    System.arraycopy(current.bytes(), position, into, offset, taken);
    position += taken;
    return taken;
  }

  /** Hands over whole leaves without copying them. */
  @Override
  public long transferTo(OutputStream out) throws IOException {
    long total = 0;
    while (hasMore()) {
      int length = limit - position;
      out.write(current.bytes(), position, length);
      position = limit;
      total += length;
    }
    return total;
  }

  @Override
  public int available() {
    return isClosed ? 0 : limit - position;
  }

  /** Makes sure that there is a byte at the position. */
  private boolean hasMore() throws IOException {
    if (isClosed) {
      throw new IOException("the stream is closed");
    }
    if (hasFailed) {
      throw new IOException("the stream has failed before");
    }
    while (position == limit) {
      startAhead();
      if (coming.isEmpty()) {
        return false;
      }
      var consumed = current;
      current = coming.removeFirst();
      // Where a leaf fails the stream ends: the leaves behind it are never given out.
      hasFailed = true;
      limit = current.await();
      hasFailed = false;
      position = 0;
      start(consumed);
    }
    return true;
  }

  private void startAhead() {
    while (loads.size() <= AHEAD && start(newLoad())) {
      // One more is on its way.
    }
  }

  private boolean start(LeafLoad idle) {
    var next = leaves.next();
    next.ifPresent(
        step -> {
          idle.start(step.leaf());
          coming.addLast(idle);
        });
    return next.isPresent();
  }

  private LeafLoad newLoad() {
    var load = new LeafLoad(readers.get());
    loads.add(load);
    return load;
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      loads.forEach(LeafLoad::close);
      onClose.run();
    }
  }
}
