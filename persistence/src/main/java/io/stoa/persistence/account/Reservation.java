package io.stoa.persistence.account;

import java.time.Instant;
import java.util.Optional;

/** Whether there is room for an upload. */
public sealed interface Reservation {
  /** There is, and it is kept free. */
  record Reserved() implements Reservation {}

  /** This authorisation was used before. */
  record Used() implements Reservation {}

  /**
   * The wallet's own share is used up.
   *
   * @param freeAgain when the oldest of its uploads goes; absent if it has none
   */
  record WalletFull(Optional<Instant> freeAgain) implements Reservation {}

  /**
   * All wallets together have used up what the node gives to unpublished content.
   *
   * @param freeAgain when the oldest upload goes; absent if there is none
   */
  record NodeFull(Optional<Instant> freeAgain) implements Reservation {}
}
