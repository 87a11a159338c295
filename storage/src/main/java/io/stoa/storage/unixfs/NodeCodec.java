package io.stoa.storage.unixfs;

import io.stoa.domain.Cid;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/**
 * The protobuf form of {@link FileNode}: links first, then the UnixFS data, as the dag-pb
 * specification orders them. Every value is known to be there, so this is a fixed sequence of tags
 * and not a protobuf library.
 */
final class NodeCodec {
  private static final int NODE_LINK = 0x12;
  private static final int NODE_DATA = 0x0a;
  private static final int LINK_HASH = 0x0a;
  private static final int LINK_NAME = 0x12;
  private static final int LINK_TREE_SIZE = 0x18;
  private static final int DATA_TYPE = 0x08;
  private static final int TYPE_FILE = 2;
  private static final int DATA_FILE_SIZE = 0x18;
  private static final int DATA_PART_SIZE = 0x20;

  private NodeCodec() {}

  static byte[] encode(FileNode node) {
    var block = new ByteArrayOutputStream();
    for (var link : node.links()) {
      var part = new ByteArrayOutputStream();
      part.write(LINK_HASH);
      part.write(Cid.LENGTH);
      part.writeBytes(link.cid().toBytes());
      part.write(LINK_NAME);
      part.write(0);
      part.write(LINK_TREE_SIZE);
      putVarint(part, link.treeSize());
      block.write(NODE_LINK);
      putVarint(block, part.size());
      block.writeBytes(part.toByteArray());
    }
    var data = new ByteArrayOutputStream();
    data.write(DATA_TYPE);
    data.write(TYPE_FILE);
    data.write(DATA_FILE_SIZE);
    putVarint(data, node.contentSize());
    for (var link : node.links()) {
      data.write(DATA_PART_SIZE);
      putVarint(data, link.contentSize());
    }
    block.write(NODE_DATA);
    putVarint(block, data.size());
    block.writeBytes(data.toByteArray());
    return block.toByteArray();
  }

  static FileNode decode(byte[] block) {
    var in = ByteBuffer.wrap(block);
    var cids = new ArrayList<Cid>();
    var treeSizes = new ArrayList<Long>();
    int tag = in.get();
    while (tag == NODE_LINK) {
      int end = end(in);
      expect(in, LINK_HASH);
      expect(in, Cid.LENGTH);
      var cid = new byte[Cid.LENGTH];
      in.get(cid);
      cids.add(Cid.of(cid));
      expect(in, LINK_NAME);
      expect(in, 0);
      expect(in, LINK_TREE_SIZE);
      treeSizes.add(varint(in));
      require(in.position() == end);
      tag = in.get();
    }
    require(tag == NODE_DATA);
    require(end(in) == block.length);
    expect(in, DATA_TYPE);
    expect(in, TYPE_FILE);
    expect(in, DATA_FILE_SIZE);
    long fileSize = varint(in);
    var links = new ArrayList<Link>(cids.size());
    for (int i = 0; i < cids.size(); i++) {
      expect(in, DATA_PART_SIZE);
      links.add(new Link(cids.get(i), varint(in), treeSizes.get(i)));
    }
    require(!in.hasRemaining());
    var node = new FileNode(links);
    require(node.contentSize() == fileSize);
    return node;
  }

  private static int end(ByteBuffer in) {
    long length = varint(in);
    require(length <= in.remaining());
    return in.position() + (int) length;
  }

  private static void expect(ByteBuffer in, int value) {
    require(in.get() == value);
  }

  private static void require(boolean claim) {
    if (!claim) {
      throw new IllegalArgumentException("not a node of a file");
    }
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** At most 63 bits, in the shortest form only. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        require(next != 0 || shift == 0);
        return value;
      }
    }
    throw new IllegalArgumentException("not a node of a file: a size beyond 63 bits");
  }
}
