package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;

/**
 * What was asked for, short enough to keep: a finished payment answers exactly this request again
 * and no other.
 *
 * @param target path and query as they were received
 * @param bodySha256 of the body's bytes; the digest of nothing when there was no body
 */
public record RequestDigest(String method, String target, Bytes32 bodySha256) {
  private static final Bytes32 NOTHING =
      Bytes32.parse("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

  /** Only a body tells one buyer's request from another's: without one, a copy proves nothing. */
  public boolean hasBody() {
    return !bodySha256.equals(NOTHING);
  }
}
