package io.stoa.indexer.document;

import io.stoa.domain.Cid;
import java.util.Optional;

/**
 * Somewhere else to look for a document that is not in the own store. It need not be trusted: what
 * it gives is checked.
 */
@FunctionalInterface
public interface DocumentSource {

  /**
   * The block that {@code cid} names, or what claims to be it; empty when it is not to be had now.
   * Blocks, for seconds at most; never throws for what the other side does.
   */
  Optional<byte[]> find(Cid cid);
}
