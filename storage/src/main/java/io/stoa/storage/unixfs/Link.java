package io.stoa.storage.unixfs;

import io.stoa.domain.Cid;

/**
 * Points to a leaf (codec {@code raw}) or to another node (codec {@code dag-pb}) of a file.
 *
 * @param contentSize bytes of the file below this link
 * @param treeSize bytes of all blocks below this link, repeated ones counted each time ({@code
 *     Tsize} of dag-pb)
 */
public record Link(Cid cid, long contentSize, long treeSize) {
  public Link {
    if (contentSize < 0 || treeSize < contentSize) {
      throw new IllegalArgumentException(
          "a tree of %d bytes cannot hold %d".formatted(treeSize, contentSize));
    }
  }

  /** A leaf: the block is the content. */
  public static Link leaf(Cid cid, int size) {
    return new Link(cid, size, size);
  }

  public boolean isLeaf() {
    return cid.codec() == Cid.Codec.RAW;
  }
}
