package io.stoa.payments;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.persistence.till.ChannelExposure;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;

/**
 * Looks after what channels owe, and claims it, by every instance that settles. In rounds of its
 * own: whatever else a settler waits for, payers that leave are noticed and claimed from in time.
 */
public final class ClaimRounds {
  private static final System.Logger LOG = System.getLogger(ClaimRounds.class.getName());

  private final ChannelExposure exposure;
  private final Address authorizer;
  private final ChannelWatch watch;
  private final ClaimWorker claims;
  private final Set<Asset> assets;
  private final Clock clock;
  private volatile Instant finishedAt;

  /**
   * @param authorizer that claims are signed by, of channels in {@code assets}
   */
  ClaimRounds(
      ChannelExposure exposure,
      Address authorizer,
      ChannelWatch watch,
      ClaimWorker claims,
      Set<Asset> assets,
      Clock clock) {
    this.exposure = exposure;
    this.authorizer = authorizer;
    this.watch = watch;
    this.claims = claims;
    this.assets = Set.copyOf(assets);
    this.clock = clock;
    this.finishedAt = clock.instant();
  }

  /** One round, to be run several times a minute. Blocks; what fails is logged and comes again. */
  public void run() {
    boolean isFinished = attempt("unattended", this::reportUnattended);
    for (var asset : assets) {
      isFinished &= attempt("watch", () -> watch.run(asset));
      isFinished &= attempt("claims", () -> claims.run(asset));
    }
    if (isFinished) {
      finishedAt = clock.instant();
    }
  }

  /** Left by another authorizer's key, or an asset that is not accepted any more. */
  private void reportUnattended() {
    long channels = exposure.unattended(assets, authorizer);
    if (channels > 0) {
      LOG.log(
          ERROR,
          "channels owe what this node does not claim, their authorizer or asset is not configured: "
              + channels);
    }
  }

  /** The end of the last round of which nothing failed; the start of this node before the first. */
  public Instant finishedAt() {
    return finishedAt;
  }

  /** Not even an error may keep the next step from being tried: nobody else would claim. */
  private static boolean attempt(String what, Runnable step) {
    try {
      step.run();
      return true;
    } catch (Throwable failure) {
      LOG.log(WARNING, "round of claims failed, will be tried again: " + what, failure);
      return false;
    }
  }
}
