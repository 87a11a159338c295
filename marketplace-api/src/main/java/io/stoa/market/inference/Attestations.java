package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.extension.Offer;
import io.stoa.x402.extension.OfferReceipt;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node signs for buyers to keep (x402 extension {@code offer-receipt}): the offers of a
 * 402, once for all who ask for the same within a while, and a receipt for each answer.
 */
final class Attestations {
  /** Signed parts that are remembered: strangers can ask for any number of different ones. */
  private static final int MOST = 1_000;

  private final SigningKey attester;
  private final String origin;
  private final long period;
  private final Clock clock;
  private volatile Page page = new Page(Instant.MIN, new ConcurrentHashMap<>());

  /** Offers that end together, and how they stand in a 402. */
  private record Page(Instant until, ConcurrentHashMap<List<Offer>, ObjectNode> parts) {}

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
    var offers = OfferReceipt.offered(required, current.until);
    var part = current.parts.get(offers);
    if (part == null) {
      part = OfferReceipt.part(offers, attester);
      if (current.parts.mappingCount() < MOST) {
        current.parts.put(offers, part);
      }
    }
    return required.with(OfferReceipt.KEY, part);
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
