package io.stoa.storage;

import io.stoa.domain.Cid;
import io.stoa.storage.unixfs.Blocks;
import io.stoa.storage.unixfs.FileNode;
import io.stoa.storage.unixfs.Link;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks and checks each against its CID. Keeps the pack it read last open. For one thread at
 * a time.
 */
final class BlockReader implements Closeable {
  private static final System.Logger LOG = System.getLogger(BlockReader.class.getName());

  private final BlockIndex index;
  private @Nullable Pack pack;
  private @Nullable FileChannel channel;

  BlockReader(BlockIndex index) {
    this.index = index;
  }

  byte[] read(Cid cid) {
    var location = locate(cid);
    var block = new byte[location.length()];
    read(cid, location, block);
    return block;
  }

  /** Fills the start of {@code buffer} with a leaf. */
  int read(Link leaf, byte[] buffer) {
    var location = locate(leaf.cid());
    if (location.length() != leaf.contentSize()) {
      throw StorageFailures.damaged(leaf.cid(), null);
    }
    read(leaf.cid(), location, buffer);
    return location.length();
  }

  FileNode node(Link link) {
    var node = node(link.cid());
    if (node.contentSize() != link.contentSize()) {
      throw StorageFailures.damaged(link.cid(), null);
    }
    return node;
  }

  FileNode node(Cid cid) {
    var block = read(cid);
    try {
      return FileNode.decode(block);
    } catch (IllegalArgumentException e) {
      throw StorageFailures.damaged(cid, e);
    }
  }

  /** The link to the root of a tree, so that it can be walked. */
  Link link(Cid cid) {
    var location = locate(cid);
    long size = cid.codec() == Cid.Codec.RAW ? location.length() : node(cid).contentSize();
    return new Link(cid, size, Long.MAX_VALUE);
  }

  private void read(Cid cid, Pack.Location location, byte[] buffer) {
    try {
      fill(location, buffer);
    } catch (NoSuchFileException e) {
      readMoved(cid, location, buffer, e);
      return;
    } catch (ClosedChannelException e) {
      throw StorageFailures.failed(e);
    } catch (IOException e) {
      index.distrust(location);
      throw StorageFailures.damaged(cid, e);
    }
    if (!Blocks.cidOf(cid.codec(), buffer, location.length()).equals(cid)) {
      index.distrust(location);
      throw StorageFailures.damaged(cid, null);
    }
  }

  /** A sweep moves blocks to a new pack and updates the index before it deletes the old pack. */
  private void readMoved(Cid cid, Pack.Location old, byte[] buffer, IOException missing) {
    var location = locate(cid);
    if (location.equals(old)) {
      index.distrust(old);
      throw StorageFailures.damaged(cid, missing);
    }
    read(cid, location, buffer);
  }

  private Pack.Location locate(Cid cid) {
    return index.find(cid).orElseThrow(() -> StorageFailures.damaged(cid, null));
  }

  private void fill(Pack.Location location, byte[] buffer) throws IOException {
    Pack.fill(
        ByteBuffer.wrap(buffer, 0, location.length()), open(location.pack()), location.offset());
  }

  private FileChannel open(Pack wanted) throws IOException {
    if (channel == null || !wanted.equals(pack)) {
      close();
      channel = FileChannel.open(wanted.file(), StandardOpenOption.READ);
      pack = wanted;
    }
    return channel;
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "a pack was not closed after reading", e);
      }
      channel = null;
    }
  }
}
