package io.stoa.storage;

import io.stoa.domain.Cid;
import io.stoa.storage.unixfs.Blocks;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes one {@link Pack} aside and publishes it whole. Closed before that, it leaves nothing. */
final class PackWriter implements Closeable {
  private final Path draft;
  private final DurableFile file;
  private final List<Cid> cids = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();

  PackWriter(Path draft, DurableFile.Disk disk) throws IOException {
    this.draft = draft;
    this.file = disk.create(draft);
  }

  void append(Cid cid, byte[] buffer, int length) throws IOException {
    file.write(ByteBuffer.wrap(buffer, 0, length));
    cids.add(cid);
    lengths.add(length);
  }

  /** Returns the blocks in the order they were appended, durable and in their place. */
  List<Pack.Entry> publish(Pack pack) throws IOException {
    var list = ByteBuffer.allocate(Math.multiplyExact(cids.size(), Pack.ENTRY_LENGTH));
    var entries = new ArrayList<Pack.Entry>(cids.size());
    long offset = 0;
    for (int i = 0; i < cids.size(); i++) {
      list.put(cids.get(i).toBytes()).putInt(lengths.get(i));
      entries.add(new Pack.Entry(cids.get(i), new Pack.Location(pack, offset, lengths.get(i))));
      offset += lengths.get(i);
    }
    file.write(list.flip());
    var footer = ByteBuffer.allocate(Pack.FOOTER_LENGTH);
    footer.putInt(cids.size()).put(Blocks.sha256().digest(list.array())).putLong(Pack.MARK);
    file.write(footer.flip());
    file.force();
    file.close();
    DurableFile.publish(draft, pack.file());
    return entries;
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.deleteIfExists(draft);
  }
}
