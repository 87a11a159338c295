package io.stoa.indexer;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.domain.BlockRef;
import io.stoa.domain.ChainId;
import io.stoa.persistence.mirror.MirrorWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the mirror's fork and the chain part.
 *
 * @param ancestor the highest block known to be on both; empty if none is
 * @param isFork whether the chain has another block in the place of one of ours; if not, it merely
 *     ends earlier
 */
record Parting(Optional<BlockHeader> ancestor, boolean isFork) {
  private static final int FIRST_LOOK = 8;
  private static final int LONGEST_LOOK = 512;

  /** Looks at more blocks each time: most forks are short. */
  static Parting find(
      ChainReader reader, MirrorWriter mirror, ChainId chain, BlockRef cursor, BlockHeader top) {
    boolean isFork = false;
    long below = Math.min(cursor.number(), top.number());
    for (int look = FIRST_LOOK; ; look = Math.min(2 * look, LONGEST_LOOK)) {
      var ours = mirror.remembered(chain, below, look);
      if (ours.isEmpty()) {
        return new Parting(Optional.empty(), true);
      }
      var theirs = byNumber(reader.blocks(ours.stream().map(BlockRef::number).toList()));
      for (var block : ours) {
        var header = theirs.get(block.number());
        if (header != null && header.hash().equals(block.hash())) {
          return new Parting(Optional.of(header), isFork);
        }
        isFork |= header != null;
      }
      below = ours.getLast().number() - 1;
    }
  }

  private static Map<Long, BlockHeader> byNumber(List<BlockHeader> headers) {
    var byNumber = new HashMap<Long, BlockHeader>();
    headers.forEach(header -> byNumber.put(header.number(), header));
    return byNumber;
  }
}
