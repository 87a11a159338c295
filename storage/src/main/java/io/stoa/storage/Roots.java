package io.stoa.storage;

import io.stoa.domain.Cid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which content is wanted: one empty file for each, named by its CID, in the folder {@code pinned}
 * or {@code unpinned}. Its modification time is when the content was last taken in. Pinning is a
 * move, so a crash never loses a root.
 */
final class Roots {
  private static final System.Logger LOG = System.getLogger(Roots.class.getName());

  private final Path pinned;
  private final Path unpinned;
  private final Path drafts;
  private final DurableFile.Disk disk;
  private final Map<Cid, Root> roots = new HashMap<>();

  private record Root(boolean isPinned, Instant since) {}

  Roots(Path folder, Path drafts, DurableFile.Disk disk) throws IOException {
    this.pinned = DurableFile.folder(folder.resolve("pinned"));
    this.unpinned = DurableFile.folder(folder.resolve("unpinned"));
    this.drafts = drafts;
    this.disk = disk;
    load(unpinned, false);
    load(pinned, true);
  }

  private void load(Path folder, boolean isPinned) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        var name = file.getFileName().toString();
        try {
          roots.put(
              Cid.parse(name), new Root(isPinned, Files.getLastModifiedTime(file).toInstant()));
        } catch (IllegalArgumentException _) {
          LOG.log(System.Logger.Level.WARNING, "ignored a file that names no content: {0}", name);
        }
      }
    }
  }

  synchronized List<Cid> all() {
    return List.copyOf(roots.keySet());
  }

  synchronized boolean contains(Cid cid) {
    return roots.containsKey(cid);
  }

  /** Notes that content was taken in at {@code now}. What is pinned stays so. */
  synchronized void touch(Cid cid, Instant now) throws IOException {
    var known = roots.get(cid);
    if (known == null || !known.isPinned()) {
      mark(unpinned, cid, now);
      roots.put(cid, new Root(false, now));
    }
  }

  synchronized void pin(Cid cid, Instant now) throws IOException {
    var known = roots.get(cid);
    if (known == null) {
      mark(pinned, cid, now);
      roots.put(cid, new Root(true, now));
    } else if (!known.isPinned()) {
      DurableFile.publish(unpinned.resolve(cid.toString()), pinned.resolve(cid.toString()));
      roots.put(cid, new Root(true, known.since()));
    }
  }

  synchronized boolean isPinned(Cid cid) {
    var known = roots.get(cid);
    return known != null && known.isPinned();
  }

  /** Forgets what is unpinned and older than {@code limit}. */
  synchronized int expire(Instant limit) throws IOException {
    var expired = new ArrayList<Cid>();
    roots.forEach(
        (cid, root) -> {
          if (!root.isPinned() && root.since().isBefore(limit)) {
            expired.add(cid);
          }
        });
    for (var cid : expired) {
      forget(cid);
    }
    return expired.size();
  }

  synchronized void forget(Cid cid) throws IOException {
    DurableFile.delete(unpinned.resolve(cid.toString()));
    DurableFile.delete(pinned.resolve(cid.toString()));
    roots.remove(cid);
  }

  private void mark(Path folder, Cid cid, Instant now) throws IOException {
    var draft = drafts.resolve(UUID.randomUUID() + ".root");
    try (var file = disk.create(draft)) {
      Files.setLastModifiedTime(draft, FileTime.from(now));
      file.force();
      DurableFile.publish(draft, folder.resolve(cid.toString()));
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
