package io.stoa.persistence.account;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Who uploaded what, so that nobody fills the disk. Every method blocks: call from a virtual
 * thread. Fails with {@link io.stoa.domain.MarketException.Unavailable} when the database does not
 * answer.
 */
public interface Uploads {

  /**
   * Sets room aside before the first byte is taken.
   *
   * @param walletQuota bytes that one wallet may have here unpublished
   * @param totalQuota bytes that all wallets together may have here unpublished
   * @param timeLimit after which the upload is taken for given up
   */
  Reservation reserve(Upload upload, long walletQuota, long totalQuota, Duration timeLimit);

  /**
   * Turns a reservation into stored content that goes after {@code retention} unless it is
   * published.
   */
  void keep(Upload upload, Cid cid, Duration retention);

  /** Gives the room back: nothing was stored. The authorisation may be used again. */
  void release(Upload upload);

  /**
   * What was once uploaded under this CID. It says nothing about whether the store still has it.
   */
  Optional<Content> find(Cid cid);

  /** Everything that is stored and counts against a quota. */
  List<Cid> unpublished();

  /** Notes that listings name these: they stay and no longer count. */
  void publish(Collection<Cid> named);

  /** Forgets what ran out of time, and returns how many uploads that were. */
  int dropExpired();

  /**
   * Content as its uploader described it, checked when it arrived.
   *
   * @param size in bytes
   */
  record Content(Bytes32 sha256, long size) {}
}
