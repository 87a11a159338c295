package io.stoa.market.publishing;

import io.stoa.crypto.Secp256k1;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.persistence.account.Reservation;
import io.stoa.persistence.account.Upload;
import io.stoa.persistence.account.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets bodies in: only those a wallet authorized, and only while there is room for them. Blocks:
 * call from a virtual thread.
 */
final class Admission {
  private static final Duration UNTIL_ANYTHING_CHANGES = Duration.ofHours(1);

  private final Uploads uploads;
  private final ArtifactsConfig config;
  private final Secp256k1 curve;
  private final ChainId chain;
  private final Clock clock;

  Admission(Uploads uploads, ArtifactsConfig config, Secp256k1 curve, ChainId chain, Clock clock) {
    this.uploads = uploads;
    this.config = config;
    this.curve = curve;
    this.chain = chain;
    this.clock = clock;
  }

  /** What an upload led to, and the content it will be remembered by. */
  interface Stored {
    Cid cid();
  }

  /** Stores an authorized body, or part of what it says. */
  @FunctionalInterface
  interface Store<T extends Stored> {
    T store(InputStream body, Upload upload) throws IOException;
  }

  /**
   * Runs {@code store} on the body within the wallet's room, and gives the room back if it fails.
   *
   * @param authorization the header, as it came
   * @param contentLength as it came
   * @param most bytes that this kind of body may have
   */
  <T extends Stored> T admit(
      @Nullable String authorization,
      @Nullable String contentLength,
      long most,
      InputStream body,
      Store<T> store) {
    var signed = WalletAuthorization.parse(authorization);
    var upload = signed.upload();
    if (upload.size() > most) {
      throw new MarketException.TooLarge(
          "body-too-large", "The body may have %d bytes at most.".formatted(most));
    }
    if (contentLength != null && !contentLength.equals(Long.toString(upload.size()))) {
      throw new MarketException.Malformed(
          "length-differs", "Content-Length", "Content-Length is not the authorized size.");
    }
    signed.check(curve, chain, clock.instant());
    reserve(upload);
    var deadline = clock.instant().plus(config.uploadTimeLimit());
    try {
      var stored = store.store(new AuthorizedBody(body, upload, clock, deadline), upload);
      uploads.keep(upload, stored.cid(), config.unpublishedRetention());
      return stored;
    } catch (IOException failure) {
      uploads.release(upload);
      throw new UncheckedIOException(failure);
    } catch (RuntimeException failure) {
      uploads.release(upload);
      throw failure;
    }
  }

  private void reserve(Upload upload) {
    switch (uploads.reserve(
        upload,
        config.quotaPerWallet().asLongValue(),
        config.quotaTotal().asLongValue(),
        config.uploadTimeLimit())) {
      case Reservation.Reserved _ -> {}
      case Reservation.Used _ ->
          throw new MarketException.Conflict(
              "authorization-used", "This authorization was used before: sign a new one.");
      case Reservation.WalletFull(var freeAgain) ->
          throw new MarketException.QuotaExceeded(
              "quota-exceeded",
              "This wallet has too much unpublished content here: publish it, or wait until it goes.",
              until(freeAgain));
      case Reservation.NodeFull(var freeAgain) ->
          throw new MarketException.QuotaExceeded(
              "node-full", "This node has no room for unpublished content now.", until(freeAgain));
    }
  }

  private Duration until(Optional<Instant> freeAgain) {
    return freeAgain
        .map(at -> Duration.between(clock.instant(), at))
        .filter(Duration::isPositive)
        .orElse(UNTIL_ANYTHING_CHANGES);
  }
}
