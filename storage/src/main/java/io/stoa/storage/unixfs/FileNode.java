package io.stoa.storage.unixfs;

import java.nio.BufferUnderflowException;
import java.util.List;

/** An inner node of a file: its parts in order. */
public record FileNode(List<Link> links) {
  public FileNode {
    links = List.copyOf(links);
    if (links.isEmpty()) {
      throw new IllegalArgumentException("a node without parts");
    }
  }

  /**
   * Reads a dag-pb block.
   *
   * @throws IllegalArgumentException unless it is byte for byte what {@link #encode} writes for
   *     some node: directories, inline data, names and unknown fields are refused
   */
  public static FileNode decode(byte[] block) {
    try {
      return NodeCodec.decode(block);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not a node of a file: cut off", e);
    }
  }

  /** The canonical dag-pb block with UnixFS data of type {@code File}. */
  public byte[] encode() {
    return NodeCodec.encode(this);
  }

  public long contentSize() {
    long size = 0;
    for (var link : links) {
      size = Math.addExact(size, link.contentSize());
    }
    return size;
  }
}
