package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import java.util.List;
import java.util.Optional;

/**
 * Writes the mirror. Every change of facts is one transaction together with the chain's cursor, so
 * that readers see one fork and never a mix. Every method blocks: call from a virtual thread. Fails
 * with {@link io.stoa.domain.MarketException.Unavailable} when the database does not answer; what
 * was asked may have happened then.
 */
public interface MirrorWriter {

  /**
   * Must come first: says whose events are mirrored. What another registry of that chain left is
   * forgotten.
   */
  void begin(ChainId chain, Address registry);

  /** Empty before the first block. */
  Optional<Progress.Cursor> cursor(ChainId chain);

  /** Blocks that were read and are on the mirror's fork, from {@code number} downwards. */
  List<BlockRef> remembered(ChainId chain, long number, int limit);

  /**
   * Adds {@code progress} behind {@code from}, which is empty at the start. Fails with a {@link
   * io.stoa.domain.MarketException.Conflict} when the cursor is elsewhere: somebody else writes
   * too.
   */
  void advance(ChainId chain, Optional<BlockRef> from, Progress progress);

  /**
   * Goes back from {@code from}: forgets everything above {@code ancestor}, or everything; raw logs
   * are kept, marked as of another fork. Fails like {@link #advance}.
   */
  void unwind(ChainId chain, BlockRef from, Optional<Progress.Cursor> ancestor);

  /** Documents that should be looked for now, the longest waiting first. */
  List<Document> pending(ChainId chain, int limit);

  /**
   * Writes down what a pending document turned out to be. A missing one is due again later, the
   * later the longer it has been missing: after a twentieth of that time, a quarter of a second at
   * least, half a minute at most.
   */
  void found(ChainId chain, Document document, Document.Finding finding);

  /** Makes a missing document due at once: content has arrived. */
  void arrived(ChainId chain, Cid cid);
}
