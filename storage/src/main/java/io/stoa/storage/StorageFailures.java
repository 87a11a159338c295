package io.stoa.storage;

import io.stoa.domain.Cid;
import io.stoa.domain.MarketException.Malformed;
import io.stoa.domain.MarketException.NotFound;
import io.stoa.domain.MarketException.TooLarge;
import io.stoa.domain.MarketException.Unavailable;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a store says no. Every {@link BlobStore} uses these, so that callers see one
 * set of codes.
 */
public final class StorageFailures {
  private StorageFailures() {}

  public static NotFound unknown(Cid cid) {
    return new NotFound("content-unknown", "there is no content %s here".formatted(cid));
  }

  /** The kept bytes are not those the CID names. */
  public static Unavailable damaged(Cid block, @Nullable Throwable cause) {
    return new Unavailable(
        "content-damaged",
        "block %s is damaged on this node; nothing of it was sent".formatted(block),
        cause);
  }

  /** The store could not do its work; nothing of what was asked can be seen. */
  public static Unavailable failed(Throwable cause) {
    return new Unavailable(
        "storage-failed", "the content store does not work at the moment", cause);
  }

  public static Malformed mismatch(Cid expected, Cid actual) {
    return new Malformed(
        "content-mismatch", null, "the bytes sent are %s, not %s".formatted(actual, expected));
  }

  public static TooLarge tooLarge(int limit) {
    return new TooLarge("block-too-large", "one block holds at most %d bytes".formatted(limit));
  }
}
