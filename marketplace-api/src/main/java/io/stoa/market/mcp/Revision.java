package io.stoa.market.mcp;

import java.util.Optional;
import java.util.stream.Stream;

/** A version of the protocol, as far as this server knows differences. */
enum Revision {
  MARCH_2025("2025-03-26"),
  JUNE_2025("2025-06-18"),
  NOVEMBER_2025("2025-11-25"),
  /** Without a handshake: each request says for itself what it speaks. */
  JULY_2026("2026-07-28");

  /** What is offered to a client that shakes hands by a version that is not known here. */
  static final Revision LAST_WITH_HANDSHAKE = NOVEMBER_2025;

  /** What a client speaks that does not say. */
  static final Revision UNSAID = MARCH_2025;

  private final String date;

  Revision(String date) {
    this.date = date;
  }

  static Optional<Revision> find(String date) {
    return Stream.of(values()).filter(each -> each.date.equals(date)).findFirst();
  }

  boolean hasHandshake() {
    return this != JULY_2026;
  }

  /** Whether several messages may come in one list. */
  boolean hasBatches() {
    return this == MARCH_2025;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return date;
  }
}
