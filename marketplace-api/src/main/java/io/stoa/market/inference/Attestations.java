package io.stoa.market.inference;

import io.stoa.crypto.SigningKey;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.extension.Offer;
import io.stoa.x402.extension.OfferReceipt;
import io.stoa.x402.extension.Signed;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node signs for buyers to keep (x402 extension {@code offer-receipt}): the offers of a
 * 402, once for all who ask for the same within a while, and a receipt for each answer.
 */
final class Attestations {
  /** Offers that are remembered: strangers can ask for any number of different ones. */
  private static final int MOST = 10_000;

  private final SigningKey attester;
  private final String origin;
  private final long period;
  private final Clock clock;
  private volatile Page page = new Page(Instant.MIN, new ConcurrentHashMap<>());

  /** Offers that end together. */
  private record Page(Instant until, ConcurrentHashMap<Offer, Signed<Offer>> offers) {}

  /**
   * @param origin under which the world reaches this node
   * @param period how long the same signatures are given out
   */
  Attestations(SigningKey attester, URI origin, Duration period, Clock clock) {
    this.attester = attester;
    this.origin = origin.toString().replaceFirst("/$", "");
    this.period = period.toSeconds();
    this.clock = clock;
  }

  /** Each way to pay with a signed offer. */
  PaymentRequired offers(PaymentRequired required) {
    var current = current();
    return OfferReceipt.promise(
        required,
        offer ->
            current.offers.mappingCount() < MOST
                ? current.offers.computeIfAbsent(offer, this::sign)
                : sign(offer),
        current.until);
  }

  /**
   * A settlement that succeeded with a signed receipt.
   *
   * @param path of what was paid for
   */
  SettlementResponse receipt(SettlementResponse settled, String path, Instant at) {
    return OfferReceipt.confirm(settled, origin + path, attester, at);
  }

  /** The same for now. */
  SettlementResponse receipt(SettlementResponse settled, String path) {
    return receipt(settled, path, clock.instant());
  }

  private Signed<Offer> sign(Offer offer) {
    return Signed.by(attester, offer);
  }

  /** Of two that turn the page at once, both turn it to the same end. */
  private Page current() {
    var now = clock.instant();
    var current = page;
    if (!now.isBefore(current.until)) {
      current =
          new Page(
              Instant.ofEpochSecond((now.getEpochSecond() / period + 1) * period),
              new ConcurrentHashMap<>());
      page = current;
    }
    return current;
  }
}
