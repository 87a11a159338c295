package io.stoa.storage;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.FileTree;
import io.stoa.storage.unixfs.Link;
import io.stoa.storage.unixfs.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One import. The calling thread cuts the stream and hashes the leaves; beside it, one step after
 * the other, the whole is hashed and the blocks that the store lacks are written. A few buffers go
 * round between the two: with the names of the blocks they are all the memory it takes.
 */
final class Import implements AutoCloseable {
  private static final int BUFFERS = 4;

  private final Profile profile;
  private final Target target;
  private final FileTree tree;
  private final MessageDigest whole = Blocks.sha256();
  private final Set<Cid> fresh = new HashSet<>();
  private final List<Buffer> buffers = new ArrayList<>(BUFFERS);
  private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
  private long size;
  private long blocks;

  /** Where the blocks go. */
  interface Target {
    /** Whether the store already keeps this block, at least until the import ends. */
    boolean keeps(Cid cid);

    /**
     * Never called twice at a time; in the order of the tree, children first. The buffer is reused
     * afterwards.
     */
    void append(Cid cid, byte[] buffer, int length) throws IOException;
  }

  private static final class Buffer {
    final byte[] bytes;
    CompletableFuture<Void> released = CompletableFuture.completedFuture(null);

    Buffer(int size) {
      bytes = new byte[size];
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  Import(Profile profile, Target target) {
    this.profile = profile;
    this.target = target;
    this.tree = new FileTree(profile, this::node);
  }

  /**
   * Reads {@code source} to its end; every block has been handed to the target when this returns.
   *
   * @throws IOException if {@code source} fails
   */
  Imported run(InputStream source) throws IOException {
    int length;
    do {
      var buffer = nextBuffer();
      length = source.readNBytes(buffer.bytes, 0, profile.chunkSize());
      if (length > 0 || blocks == 0) {
        leaf(buffer, length);
      }
    } while (length == profile.chunkSize());
    var root = tree.finish();
    await(written);
    return new Imported(root.cid(), Bytes32.of(whole.digest()), size, blocks);
  }

  private Buffer nextBuffer() {
    if (buffers.size() < BUFFERS) {
      buffers.add(new Buffer(profile.chunkSize()));
      return buffers.getLast();
    }
    var oldest = buffers.removeFirst();
    buffers.add(oldest);
    await(oldest.released);
    return oldest;
  }

  private void leaf(Buffer buffer, int length) throws IOException {
    var cid = Blocks.cidOf(Cid.Codec.RAW, buffer.bytes, length);
    boolean isFresh = isFresh(cid);
    then(
        () -> {
          whole.update(buffer.bytes, 0, length);
          if (isFresh) {
            target.append(cid, buffer.bytes, length);
          }
        });
    buffer.released = written;
    size += length;
    blocks++;
    tree.leaf(Link.leaf(cid, length));
  }

  private void node(Cid cid, byte[] block) {
    blocks++;
    if (isFresh(cid)) {
      then(() -> target.append(cid, block, block.length));
    }
  }

  private boolean isFresh(Cid cid) {
    return !fresh.contains(cid) && !target.keeps(cid) && fresh.add(cid);
  }

  /** Runs {@code step} after all earlier ones, unless one of them failed. */
  private void then(Step step) {
    written =
        written.thenRunAsync(
            () -> {
              try {
                step.run();
              } catch (IOException e) {
                throw new CompletionException(e);
              }
            },
            Thread::startVirtualThread);
  }

  private static void await(CompletableFuture<Void> steps) {
    try {
      steps.join();
    } catch (CompletionException e) {
      throw StorageFailures.failed(e.getCause() == null ? e : e.getCause());
    }
  }

  /** Waits until nothing is written any more. */
  @Override
  public void close() {
    written.handle((_, _) -> null).join();
  }
}
