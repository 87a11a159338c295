package io.stoa.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A file of the operating system. A large one is pushed to the disk while it is still being
 * written, so that the last {@link #force} has little left to wait for.
 */
final class DiskFile implements DurableFile {
  private static final long PUSH_EVERY = 32L << 20;

  private final FileChannel channel;
  private FutureTask<Void> push = new FutureTask<>(() -> null);
  private long unpushed;

  DiskFile(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    push.run();
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    unpushed += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    if (unpushed >= PUSH_EVERY && push.isDone()) {
      awaitPush();
      unpushed = 0;
      push =
          new FutureTask<>(
              () -> {
                channel.force(false);
                return null;
              });
      Thread.startVirtualThread(push);
    }
  }

  @Override
  public void force() throws IOException {
    awaitPush();
    channel.force(true);
  }

  /** The system tells of a failed write only once: what a push was told must not be lost. */
  private void awaitPush() throws IOException {
    try {
      push.get();
    } catch (ExecutionException e) {
      throw new IOException("not everything reached the disk", e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing");
    }
  }

  /** A push that is under way fails by this; nobody waits for it then. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
