package io.stoa.testkit;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.storage.BlobStore;
import io.stoa.storage.Imported;
import io.stoa.storage.StorageFailures;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.FileNode;
import io.stoa.storage.unixfs.FileTree;
import io.stoa.storage.unixfs.LeafWalk;
import io.stoa.storage.unixfs.Link;
import io.stoa.storage.unixfs.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A {@link BlobStore} that forgets everything with its process. Keeps the same contract as the real
 * ones.
 */
public final class InMemoryBlobStore implements BlobStore {
  private static final Profile PROFILE = Profile.UNIXFS_V1_2025;

  private final InstantSource clock;
  private final Map<Cid, byte[]> blocks = new HashMap<>();
  private final Map<Cid, Instant> unpinned = new HashMap<>();
  private final Set<Cid> pinned = new HashSet<>();

  public InMemoryBlobStore(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Imported add(InputStream source) throws IOException {
    var content = source.readAllBytes();
    var fresh = new HashMap<Cid, byte[]>();
    int[] count = {0};
    var tree =
        new FileTree(
            PROFILE,
            (cid, block) -> {
              fresh.put(cid, block);
              count[0]++;
            });
    int start = 0;
    do {
      int end = Math.min(start + PROFILE.chunkSize(), content.length);
      var leaf = Arrays.copyOfRange(content, start, end);
      var cid = Blocks.cidOf(Cid.Codec.RAW, leaf);
      fresh.put(cid, leaf);
      count[0]++;
      tree.leaf(Link.leaf(cid, leaf.length));
      start = end;
    } while (start < content.length);
    var root = tree.finish().cid();
    keep(root, fresh);
    return new Imported(
        root, Bytes32.of(Blocks.sha256().digest(content)), content.length, count[0]);
  }

  @Override
  public void put(Cid expected, byte[] block) {
    if (block.length > PROFILE.chunkSize()) {
      throw StorageFailures.tooLarge(PROFILE.chunkSize());
    }
    var actual = Blocks.cidOf(Cid.Codec.RAW, block);
    if (!actual.equals(expected)) {
      throw StorageFailures.mismatch(expected, actual);
    }
    keep(actual, Map.of(actual, block.clone()));
  }

  private synchronized void keep(Cid root, Map<Cid, byte[]> fresh) {
    blocks.putAll(fresh);
    if (!pinned.contains(root)) {
      unpinned.put(root, clock.instant());
    }
  }

  /** The stream holds the bytes themselves, so that it outlives their deletion. */
  @Override
  public synchronized InputStream open(Cid cid, long offset) {
    var parts = new ArrayList<InputStream>();
    var leaves =
        new LeafWalk(new Link(cid, size(cid), Long.MAX_VALUE), offset, link -> node(link.cid()));
    for (var step = leaves.next(); step.isPresent(); step = leaves.next()) {
      var leaf = find(step.get().leaf().cid());
      parts.add(new ByteArrayInputStream(leaf, step.get().skip(), leaf.length));
    }
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  @Override
  public synchronized long size(Cid cid) {
    return cid.codec() == Cid.Codec.RAW ? find(cid).length : node(cid).contentSize();
  }

  @Override
  public synchronized byte[] block(Cid cid) {
    return find(cid).clone();
  }

  @Override
  public synchronized void pin(Cid cid) {
    find(cid);
    unpinned.remove(cid);
    pinned.add(cid);
  }

  @Override
  public synchronized boolean isPinned(Cid cid) {
    return pinned.contains(cid);
  }

  @Override
  public synchronized int sweepUnpinned(Instant limit) {
    int before = unpinned.size();
    unpinned.values().removeIf(since -> since.isBefore(limit));
    collect();
    return before - unpinned.size();
  }

  @Override
  public synchronized void delete(Cid cid) {
    unpinned.remove(cid);
    pinned.remove(cid);
    collect();
  }

  private void collect() {
    var wanted = new HashSet<Cid>();
    var roots = new ArrayList<>(pinned);
    roots.addAll(unpinned.keySet());
    reach(roots, wanted);
    blocks.keySet().retainAll(wanted);
  }

  private void reach(List<Cid> cids, Set<Cid> reached) {
    for (var cid : cids) {
      if (reached.add(cid) && cid.codec() == Cid.Codec.DAG_PB) {
        reach(node(cid).links().stream().map(Link::cid).toList(), reached);
      }
    }
  }

  private FileNode node(Cid cid) {
    return FileNode.decode(find(cid));
  }

  private byte[] find(Cid cid) {
    var block = blocks.get(cid);
    if (block == null) {
      throw StorageFailures.unknown(cid);
    }
    return block;
  }
}
