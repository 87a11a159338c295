package io.stoa.storage;

import io.stoa.storage.unixfs.Link;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** One leaf being read and verified, and then its bytes. Used for one leaf after the other. */
final class LeafLoad {
  private final BlockReader blocks;
  private byte[] bytes = {};
  private @Nullable FutureTask<Integer> task;

  LeafLoad(BlockReader blocks) {
    this.blocks = blocks;
  }

  /** What was loaded last; longer than it, perhaps. */
  byte[] bytes() {
    return bytes;
  }

  /** Loads in this thread and returns the length. */
  int now(Link leaf) {
    int length = Math.toIntExact(leaf.contentSize());
    if (bytes.length < length) {
      bytes = new byte[length];
    }
    return blocks.read(leaf, bytes);
  }

  void start(Link leaf) {
    task = new FutureTask<>(() -> now(leaf));
    Thread.startVirtualThread(task);
  }

  /** Waits for what was started and returns its length. */
  int await() throws IOException {
    if (task == null) {
      throw new IllegalStateException("nothing was started");
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException("a block could not be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading ahead");
    }
  }

  /** Waits for a running load, at most the reading of one leaf, and closes its files. */
  void close() {
    boolean interrupted = false;
    while (task != null && !task.isDone()) {
      try {
        task.get();
      } catch (InterruptedException _) {
        interrupted = true;
      } catch (ExecutionException _) {
        // Nobody asked for that leaf any more.
      }
    }
    blocks.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
