package io.stoa.persistence.mirror;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;

/**
 * A document that the chain names.
 *
 * @param cid as the contract took it, readable or not
 * @param sha256 of its bytes
 */
public record Document(Type type, Bytes cid, Bytes32 sha256) {

  /** What it must be to be valid. */
  public enum Type {
    MANIFEST,
    OFFERS
  }

  /** What was found when it was looked for. */
  public sealed interface Finding {
    /**
     * It is what it should be.
     *
     * @param body as it was published: JSON that follows its schema and whose texts hold neither
     *     control characters (line feeds and tabs excepted) nor halves of surrogate pairs
     */
    record Valid(String body) implements Finding {}

    /** It breaks a rule, which fetching it again will not change. */
    record Invalid(String reason) implements Finding {}

    /** It is not to be had at the moment. */
    record Missing() implements Finding {}
  }
}
