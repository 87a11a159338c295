package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import java.util.Optional;

/** How far a named call of a channel has come. */
public sealed interface CallStanding {

  /**
   * In progress.
   *
   * @param binding empty for what is never answered again
   */
  record Open(Hold hold, Optional<Bytes32> binding) implements CallStanding {}

  /**
   * Charged.
   *
   * @param reply empty when it was not kept, or not for so long
   */
  record Charged(Hold hold, Optional<Reply> reply) implements CallStanding {}
}
