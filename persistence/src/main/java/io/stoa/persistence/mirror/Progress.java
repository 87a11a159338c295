package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import java.time.Instant;
import java.util.List;

/**
 * What a stretch of the chain adds to the mirror, all of it or nothing.
 *
 * @param to the cursor afterwards
 * @param blocks the headers that were seen, for finding a common ancestor later
 * @param facts in the order of the chain
 */
public record Progress(
    Cursor to, List<Block> blocks, List<RawLog> logs, List<Fact> facts, List<DeadEvent> dead) {
  public Progress {
    blocks = List.copyOf(blocks);
    logs = List.copyOf(logs);
    facts = List.copyOf(facts);
    dead = List.copyOf(dead);
  }

  /** The last block whose events are in the mirror. */
  public record Cursor(BlockRef block, Instant time) {}

  /** A block that was read, and its parent. */
  public record Block(BlockRef ref, Bytes32 parent) {}

  /**
   * An event as it was logged.
   *
   * @param topics four at most
   */
  public record RawLog(
      BlockRef block,
      int index,
      TxHash transaction,
      Address address,
      List<Bytes32> topics,
      Bytes data) {
    public RawLog {
      topics = List.copyOf(topics);
    }
  }

  /**
   * An event that could not be read, and why.
   *
   * @param event its name, empty when even that is unknown
   */
  public record DeadEvent(long block, int logIndex, String event, String reason) {}
}
