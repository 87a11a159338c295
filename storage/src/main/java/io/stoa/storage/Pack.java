package io.stoa.storage;

import io.stoa.domain.Cid;
import io.stoa.storage.unixfs.Blocks;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of blocks that never changes: the blocks one after the other, then for each its CID and
 * length, then how many they are, the SHA-256 of that list, and the mark. Numbers are big-endian.
 * What an import adds is one pack.
 */
record Pack(Path file, long number) {
  static final int ENTRY_LENGTH = Cid.LENGTH + Integer.BYTES;
  static final int FOOTER_LENGTH = Integer.BYTES + 32 + Long.BYTES;

  /** "STOAPCK1" in ASCII. */
  static final long MARK = 0x53544f4150434b31L;

  private static final String SUFFIX = ".pack";

  /** One block of a pack. */
  record Entry(Cid cid, Location location) {}

  /** Where a block is. */
  record Location(Pack pack, long offset, int length) {}

  static Pack in(Path folder, long number) {
    return new Pack(folder.resolve("%016x".formatted(number) + SUFFIX), number);
  }

  /** Reads a pack's name. @throws IllegalArgumentException if it is not one */
  static Pack at(Path file) {
    var name = file.getFileName().toString();
    if (!name.endsWith(SUFFIX)) {
      throw new IllegalArgumentException("not a pack: " + name);
    }
    return new Pack(file, Long.parseUnsignedLong(name, 0, name.length() - SUFFIX.length(), 16));
  }

  /**
   * Reads the list of blocks. @throws IOException also if the file is cut off, or the list is not
   * as it was written
   */
  List<Entry> entries() throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      require(size >= FOOTER_LENGTH);
      var footer = read(channel, size - FOOTER_LENGTH, FOOTER_LENGTH);
      int count = footer.getInt();
      var digest = new byte[32];
      footer.get(digest);
      require(footer.getLong() == MARK);
      long listLength = (long) count * ENTRY_LENGTH;
      long listStart = size - FOOTER_LENGTH - listLength;
      require(count >= 0 && listStart >= 0 && listLength <= Integer.MAX_VALUE);
      var list = read(channel, listStart, (int) listLength);
      require(MessageDigest.isEqual(digest, digestOf(list)));
      return entries(list, count, listStart);
    }
  }

  private List<Entry> entries(ByteBuffer list, int count, long dataLength) throws IOException {
    var entries = new ArrayList<Entry>(count);
    var cid = new byte[Cid.LENGTH];
    long offset = 0;
    for (int i = 0; i < count; i++) {
      list.get(cid);
      int length = list.getInt();
      entries.add(new Entry(Cid.of(cid), new Location(this, offset, length)));
      offset += length;
    }
    require(offset == dataLength);
    return entries;
  }

  private void require(boolean claim) throws IOException {
    if (!claim) {
      throw new IOException("damaged pack " + file.getFileName());
    }
  }

  private static byte[] digestOf(ByteBuffer list) {
    var digest = Blocks.sha256();
    digest.update(list.duplicate());
    return digest.digest();
  }

  private static ByteBuffer read(FileChannel channel, long start, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    fill(bytes, channel, start);
    return bytes.flip();
  }

  /** Fills {@code bytes} to its limit. @throws IOException also if the file ends before that */
  static void fill(ByteBuffer bytes, FileChannel channel, long start) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start + bytes.position()) < 0) {
        throw new EOFException("a pack is cut off");
      }
    }
  }
}
