package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.List;
import java.util.OptionalLong;

/**
 * The receipts of a span of time, and the root over them that is anchored on the chain.
 *
 * @param span of the receipts; the contract knows the epoch by its end
 * @param anchor the contract
 * @param sender who anchors
 * @param count of receipts, at least one
 */
public record Epoch(
    Span span, ChainId chain, Address anchor, Address sender, Bytes32 root, long count) {

  public long id() {
    return span.end;
  }

  /**
   * Receipts issued in these whole Unix seconds.
   *
   * @param end from then on they belong to the next one
   */
  public record Span(long begin, long end) {
    public Span {
      if (begin < 0 || end <= begin) {
        throw new IllegalArgumentException("not a span of time: %d to %d".formatted(begin, end));
      }
    }
  }

  /**
   * Leaves of an epoch's tree that are a whole subtree of it.
   *
   * @param leaves ascending
   */
  public record Part(Bytes32 root, List<Bytes32> leaves) {
    public Part {
      leaves = List.copyOf(leaves);
    }
  }

  /**
   * An epoch, and how far it is.
   *
   * @param block that showed its root
   * @param isFinal whether a reorganisation can no longer change that
   */
  public record Standing(Epoch epoch, OptionalLong block, boolean isFinal) {}
}
