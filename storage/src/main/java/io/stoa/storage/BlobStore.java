package io.stoa.storage;

import io.stoa.domain.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;

/**
 * Keeps content under its CID. Content is a file in UnixFS with the profile {@code unixfs-v1-2025}
 * of IPIP-499; a document of one block is a file of one leaf. Everything that is given out has been
 * checked against its CID first.
 *
 * <p>New content is <em>unpinned</em> and may be swept after a while; pinned content stays. All
 * methods block: call them from a virtual thread. Beside what they declare, they fail with {@code
 * Unavailable}: {@code content-damaged} where a kept block no longer matches its CID, {@code
 * storage-failed} where the store cannot do its work, such as on a full disk.
 */
public interface BlobStore {
  /**
   * Takes in the content up to the end of {@code source}, in constant memory. It is durable when
   * this returns; if this fails, nothing of it can be seen. Content that is already there starts
   * its time as unpinned content anew.
   *
   * @throws IOException if {@code source} fails: what it threw
   */
  Imported add(InputStream source) throws IOException;

  /**
   * Takes in one raw block, such as a document, of at most 1 MiB. Durable like {@link #add}.
   *
   * @throws io.stoa.domain.MarketException.Malformed {@code content-mismatch} if {@code expected}
   *     is not its CID
   * @throws io.stoa.domain.MarketException.TooLarge {@code block-too-large}
   */
  void put(Cid expected, byte[] block);

  /**
   * Streams content from byte {@code offset} to its end. Each block is verified before its first
   * byte is given out; a damaged block ends the stream with {@code Unavailable}, the first one
   * already fails here. Nothing before {@code offset} is read but the nodes on the way. While the
   * stream is open the content stays, whatever is swept or deleted: close it. Holds at most 3 MiB.
   *
   * @throws io.stoa.domain.MarketException.NotFound {@code content-unknown}
   * @throws IllegalArgumentException if {@code offset} is negative or larger than {@link #size}
   */
  InputStream open(Cid cid, long offset);

  /**
   * The bytes of content, without reading it.
   *
   * @throws io.stoa.domain.MarketException.NotFound {@code content-unknown}
   */
  long size(Cid cid);

  /**
   * The one block that {@code cid} names, verified: a leaf, or a node as dag-pb ({@code
   * ?format=raw} of the trustless gateway). At most 2 MiB.
   *
   * @throws io.stoa.domain.MarketException.NotFound {@code content-unknown}
   */
  byte[] block(Cid cid);

  /**
   * Keeps content until it is deleted. Pinning twice is pinning once.
   *
   * @throws io.stoa.domain.MarketException.NotFound {@code content-unknown}: it was never here, or
   *     was swept
   */
  void pin(Cid cid);

  /** Whether content is kept until it is deleted; not so for content that is not there. */
  boolean isPinned(Cid cid);

  /**
   * Forgets unpinned content that was last taken in before {@code limit}. Its blocks go too, except
   * those that other content shares and those of open streams and running imports, which a later
   * sweep takes.
   *
   * @return how much content was forgotten
   */
  int sweepUnpinned(Instant limit);

  /**
   * Forgets content at once, pinned or not; its blocks go like those of a sweep. Content that is
   * not there is no error. Whether anybody else still refers to it is the caller's to know.
   */
  void delete(Cid cid);
}
