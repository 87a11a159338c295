package io.stoa.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The packs of a store. Later ones have higher numbers. Guarded by the monitor of the index. */
final class PackFolder {
  private static final System.Logger LOG = System.getLogger(PackFolder.class.getName());

  private final Path folder;
  private final Path drafts;
  private final DurableFile.Disk disk;
  private final BlockIndex index;
  private final Map<Pack, Integer> blocks = new HashMap<>();
  private long lastNumber;

  /** Loads the index. A damaged pack is logged and left alone: its blocks are missing. */
  PackFolder(Path folder, Path drafts, DurableFile.Disk disk, BlockIndex index) throws IOException {
    this.folder = DurableFile.folder(folder);
    this.drafts = drafts;
    this.disk = disk;
    this.index = index;
    try (var files = Files.list(folder)) {
      for (var file : files.sorted().toList()) {
        load(file);
      }
    }
  }

  private void load(Path file) {
    try {
      var pack = Pack.at(file);
      lastNumber = Math.max(lastNumber, pack.number());
      var entries = pack.entries();
      index.load(entries);
      blocks.put(pack, entries.size());
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "pack {0} is damaged, its blocks are missing: {1}",
          file.getFileName(),
          e.getMessage());
    }
  }

  PackWriter draft() throws IOException {
    return new PackWriter(drafts.resolve(UUID.randomUUID() + ".pack"), disk);
  }

  Pack next() {
    synchronized (index) {
      lastNumber++;
      return Pack.in(folder, lastNumber);
    }
  }

  /** Makes a published pack part of the store. */
  void add(List<Pack.Entry> entries) {
    synchronized (index) {
      if (!entries.isEmpty()) {
        blocks.put(entries.getFirst().location().pack(), entries.size());
        index.add(entries);
      }
    }
  }

  /**
   * The packs that hold blocks nobody sees any more, each with those of its blocks that are still
   * seen.
   */
  Map<Pack, List<Pack.Entry>> wasteful() {
    synchronized (index) {
      var seen = new HashMap<Pack, List<Pack.Entry>>();
      blocks.keySet().forEach(pack -> seen.put(pack, new ArrayList<>()));
      for (var entry : index.entries()) {
        seen.computeIfAbsent(entry.location().pack(), _ -> new ArrayList<>()).add(entry);
      }
      seen.entrySet()
          .removeIf(pack -> pack.getValue().size() == blocks.getOrDefault(pack.getKey(), 0));
      return seen;
    }
  }

  /** Gives the space of a pack back, moving the blocks that are still seen to a new one first. */
  void shrink(Pack pack, List<Pack.Entry> seen) throws IOException {
    if (!seen.isEmpty()) {
      move(pack, seen);
    }
    synchronized (index) {
      blocks.remove(pack);
    }
    DurableFile.delete(pack.file());
  }

  private void move(Pack pack, List<Pack.Entry> seen) throws IOException {
    try (var from = FileChannel.open(pack.file(), StandardOpenOption.READ);
        var writer = draft()) {
      for (var entry : seen) {
        // Not verified here: a damaged block stays one, and whoever reads it is told.
        var block = new byte[entry.location().length()];
        Pack.fill(ByteBuffer.wrap(block), from, entry.location().offset());
        writer.append(entry.cid(), block, block.length);
      }
      var moved = writer.publish(next());
      synchronized (index) {
        blocks.put(moved.getFirst().location().pack(), moved.size());
        for (int i = 0; i < moved.size(); i++) {
          index.move(seen.get(i), moved.get(i).location());
        }
      }
    }
  }
}
