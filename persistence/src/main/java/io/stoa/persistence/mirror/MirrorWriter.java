package io.stoa.persistence.mirror;

import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.List;
import java.util.Optional;

/**
 * Writes the mirror of one chain. Every change is one transaction together with the cursor, so that
 * readers see one fork and never a mix. Every method blocks: call from a virtual thread.
 */
public interface MirrorWriter {

  Optional<Progress.Cursor> cursor(ChainId chain);

  /** The hash under which a block was read; empty when it was read too long ago, or never. */
  Optional<Bytes32> hashOf(ChainId chain, long number);

  /** The highest block below {@code number} whose hash is known. */
  Optional<BlockRef> knownBelow(ChainId chain, long number);

  /**
   * Adds {@code progress} behind {@code from}. Fails with a {@link
   * io.stoa.domain.MarketException.Conflict} when the cursor is elsewhere: somebody else writes
   * too.
   */
  void advance(ChainId chain, Optional<BlockRef> from, Progress progress);

  /** Forgets everything above {@code ancestor}; raw logs are kept, marked as of another fork. */
  void unwind(ChainId chain, BlockRef from, Progress.Cursor ancestor);

  /** Documents that should be fetched now, the most patient first. */
  List<Document> pending(int limit);

  /** Writes down what a pending document turned out to be; a missing one is tried again later. */
  void found(Document document, Document.Finding finding);

  /** Tries everything that is missing anew: content has arrived. */
  void retryMissing();

  /** A digest over every projected row: equal mirrors have equal digests. */
  Bytes32 digest();
}
