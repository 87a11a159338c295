package io.stoa.storage;

import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.LeafWalk;
import io.stoa.storage.unixfs.Profile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Content in a folder of this machine, for one process at a time. Each import writes the blocks
 * that are new as one {@link Pack}; {@link Roots} say what is wanted, and what cannot be reached
 * from them goes.
 *
 * <p>The order of an import is its safety: the pack is on the disk before its root is, and nothing
 * is visible before both are. What a crash leaves between the two cannot be reached, and goes at
 * the next start.
 */
public final class LocalBlobStore implements BlobStore, Closeable {
  private static final System.Logger LOG = System.getLogger(LocalBlobStore.class.getName());

  private final Profile profile;
  private final InstantSource clock;
  private final FileChannel lock;
  private final BlockIndex index = new BlockIndex();
  private final PackFolder packs;
  private final Roots roots;
  private final Object sweeping = new Object();

  /**
   * Opens the store in {@code folder}, or makes one there.
   *
   * @throws IllegalStateException if another process has it open
   */
  public static LocalBlobStore open(Path folder, InstantSource clock) {
    return open(folder, clock, Profile.UNIXFS_V1_2025, DiskFile::new);
  }

  static LocalBlobStore open(
      Path folder, InstantSource clock, Profile profile, DurableFile.Disk disk) {
    try {
      DurableFile.folder(folder);
      var lock = lock(folder.resolve("lock"));
      try {
        return new LocalBlobStore(folder, clock, profile, disk, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the content store in %s cannot be opened".formatted(folder), e);
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // Open in this process: as wrong as in another one.
    }
    channel.close();
    throw new IllegalStateException(
        "the content store in %s is already open".formatted(file.getParent()));
  }

  private LocalBlobStore(
      Path folder, InstantSource clock, Profile profile, DurableFile.Disk disk, FileChannel lock)
      throws IOException {
    this.clock = clock;
    this.profile = profile;
    this.lock = lock;
    var drafts = DurableFile.folder(folder.resolve("incoming"));
    try (var leftovers = Files.list(drafts)) {
      for (var leftover : leftovers.toList()) {
        Files.delete(leftover);
      }
    }
    this.packs = new PackFolder(folder.resolve("packs"), drafts, disk, index);
    this.roots = new Roots(folder, drafts, disk);
    collect();
  }

  @Override
  public Imported add(InputStream source) throws IOException {
    var target = new PackImport(index, packs);
    try (var run = new Import(profile, target)) {
      var imported = run.run(source);
      commit(target, imported.cid());
      return imported;
    } finally {
      close(target);
    }
  }

  @Override
  public void put(Cid expected, byte[] block) {
    if (block.length > profile.chunkSize()) {
      throw StorageFailures.tooLarge(profile.chunkSize());
    }
    var actual = Blocks.cidOf(Cid.Codec.RAW, block);
    if (!actual.equals(expected)) {
      throw StorageFailures.mismatch(expected, actual);
    }
    var target = new PackImport(index, packs);
    try {
      if (!target.keeps(actual)) {
        target.append(actual, block, block.length);
      }
      commit(target, actual);
    } catch (IOException e) {
      throw StorageFailures.failed(e);
    } finally {
      close(target);
    }
  }

  private void commit(PackImport target, Cid root) {
    try {
      target.publish();
      synchronized (index) {
        roots.touch(root, clock.instant());
        target.commit();
      }
    } catch (IOException e) {
      throw StorageFailures.failed(e);
    }
  }

  @Override
  public InputStream open(Cid cid, long offset) {
    hold(cid);
    var blocks = new BlockReader(index);
    Runnable release =
        () -> {
          blocks.close();
          index.release(List.of(cid));
        };
    try {
      var leaves = new LeafWalk(blocks.link(cid), offset, blocks::node);
      return new VerifiedStream(leaves, () -> new BlockReader(index), release);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  @Override
  public long size(Cid cid) {
    return read(cid, blocks -> blocks.link(cid).contentSize());
  }

  @Override
  public byte[] block(Cid cid) {
    return read(cid, blocks -> blocks.read(cid));
  }

  private <T> T read(Cid cid, Function<BlockReader, T> reading) {
    hold(cid);
    try (var blocks = new BlockReader(index)) {
      return reading.apply(blocks);
    } finally {
      index.release(List.of(cid));
    }
  }

  private void hold(Cid cid) {
    if (!index.hold(cid)) {
      throw roots.contains(cid) ? StorageFailures.damaged(cid, null) : StorageFailures.unknown(cid);
    }
  }

  @Override
  public void pin(Cid cid) {
    hold(cid);
    try {
      roots.pin(cid, clock.instant());
    } catch (IOException e) {
      throw StorageFailures.failed(e);
    } finally {
      index.release(List.of(cid));
    }
  }

  @Override
  public boolean isPinned(Cid cid) {
    return roots.isPinned(cid);
  }

  @Override
  public int sweepUnpinned(Instant limit) {
    try {
      int expired = roots.expire(limit);
      collect();
      return expired;
    } catch (IOException e) {
      throw StorageFailures.failed(e);
    }
  }

  @Override
  public void delete(Cid cid) {
    try {
      roots.forget(cid);
    } catch (IOException e) {
      throw StorageFailures.failed(e);
    }
    collect();
  }

  /** Drops the blocks that nobody wants or uses. */
  private void collect() {
    synchronized (sweeping) {
      synchronized (index) {
        reachable().ifPresent(index::retain);
      }
      packs.wasteful().forEach(this::shrink);
    }
  }

  private void shrink(Pack pack, List<Pack.Entry> seen) {
    try {
      packs.shrink(pack, seen);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the space of pack {0} was not given back: {1}",
          pack.file().getFileName(),
          e.getMessage());
    }
  }

  /**
   * Every block that a root or a running use leads to; nothing if that cannot be told, for then all
   * must stay.
   */
  private Optional<Set<Cid>> reachable() {
    var reached = new HashSet<Cid>();
    var open = new ArrayDeque<Cid>(index.held());
    open.addAll(roots.all());
    try (var blocks = new BlockReader(index)) {
      while (!open.isEmpty()) {
        var cid = open.pop();
        if (reached.add(cid) && cid.codec() == Cid.Codec.DAG_PB) {
          blocks.node(cid).links().forEach(link -> open.push(link.cid()));
        }
      }
      return Optional.of(reached);
    } catch (MarketException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "no space is given back until a damaged tree is deleted or added anew: {0}",
          e.getMessage());
      return Optional.empty();
    }
  }

  private static void close(Closeable resource) {
    try {
      resource.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a file was not closed", e);
    }
  }

  /** Lets another process open the store. Streams that are open can still be read. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
