package io.stoa.domain;

/** One block of one fork: after a reorganisation the number may stay, the hash does not. */
public record BlockRef(long number, Bytes32 hash) {
  public BlockRef {
    if (number < 0) {
      throw new IllegalArgumentException("not a block number: " + number);
    }
  }
}
