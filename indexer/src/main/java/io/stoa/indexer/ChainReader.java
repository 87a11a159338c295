package io.stoa.indexer;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Log;
import io.stoa.domain.ChainId;
import java.util.List;
import java.util.Optional;

/**
 * What the follower asks of a chain. Blocks; fails like {@link io.stoa.chain.rpc.Rpc}. Two answers
 * may be of two forks: whoever asks compares hashes.
 */
interface ChainReader {
  ChainId chain();

  /** The newest block. */
  BlockHeader head();

  /**
   * The blocks of these numbers on the present fork, in this order; those above its head left out.
   */
  List<BlockHeader> blocks(List<Long> numbers);

  /**
   * What the registry logged in exactly these blocks, which is certain even when it is nothing.
   * Refused when one of them is gone.
   */
  List<Log> logs(List<BlockHeader> blocks);

  /**
   * What the registry logged in a range that is not expected to change any more. Refused when it is
   * too long. Empty when the chain was not the same from beginning to end, or did not reach {@code
   * to}: then the range may be asked for again.
   */
  Optional<Stretch> stretch(long from, long to);

  /**
   * A range of blocks with all that was logged in it.
   *
   * @param first the header of its first block
   * @param blocks the headers of its last block and of those with logs, ascending
   */
  record Stretch(BlockHeader first, List<BlockHeader> blocks, List<Log> logs) {
    public Stretch {
      blocks = List.copyOf(blocks);
      logs = List.copyOf(logs);
    }
  }
}
