package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.extension.Offer;
import io.stoa.x402.extension.OfferReceipt;
import io.stoa.x402.extension.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What this node signs for buyers to keep (x402 extension {@code offer-receipt}): the offers of a
 * 402 and the receipts for answers, each once for all who are to have the same.
 */
final class Attestations {
  /**
   * Strangers can ask for any number of different ones: of either kind so much is remembered, in
   * characters. What is kept of a text is some times its size.
   */
  private static final long MOST = 8L << 20;

  /** What a signed statement has beside its URL. */
  private static final int STATEMENT = 1_024;

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SigningKey attester;
  private final long period;
  private final InstantSource clock;
  private final Cache<List<Offer>, ObjectNode> offers;
  private final Cache<Receipt, ObjectNode> receipts;

  /**
   * @param period how long the same offers are given out
   * @param upkeep forgets, and may wait for signatures then: not for the event loop
   */
  Attestations(SigningKey attester, Duration period, InstantSource clock, Executor upkeep) {
    this.attester = attester;
    this.period = period.toSeconds();
    this.clock = clock;
    this.offers =
        remembered(
            period,
            upkeep,
            (asked, _) -> asked.stream().mapToInt(offer -> weight(offer.resourceUrl())).sum());
    this.receipts = remembered(SECOND, upkeep, (asked, _) -> weight(asked.resourceUrl()));
  }

  /** What is asked for often is kept before what is not, and nothing for longer than its life. */
  private <K, V> Cache<K, V> remembered(Duration life, Executor upkeep, Weigher<K, V> weigher) {
    return Caffeine.newBuilder()
        .maximumWeight(MOST)
        .weigher(weigher)
        .expireAfterWrite(life)
        .ticker(() -> ChronoUnit.NANOS.between(Instant.EPOCH, clock.instant()))
        .executor(upkeep)
        .build();
  }

  private static int weight(String url) {
    return STATEMENT + url.length();
  }

  /** Each way to pay with a signed offer, where those are at hand: nothing is signed. */
  Optional<PaymentRequired> known(PaymentRequired required) {
    return Optional.ofNullable(offers.getIfPresent(offered(required)))
        .map(part -> required.with(OfferReceipt.KEY, part));
  }

  /**
   * Each way to pay with a signed offer, signed once for all who ask at the same time. Takes long:
   * not for the event loop.
   */
  PaymentRequired sign(PaymentRequired required) {
    var part = offers.get(offered(required), fresh -> OfferReceipt.part(fresh, attester));
    return required.with(OfferReceipt.KEY, part);
  }

  /** Offers of one period end together. */
  private List<Offer> offered(PaymentRequired required) {
    long current = clock.instant().getEpochSecond() / period;
    return OfferReceipt.offered(required, Instant.ofEpochSecond((current + 1) * period));
  }

  /**
   * A settlement that succeeded with a signed receipt. It says the second, and so who calls the
   * same resource again within it gets the same.
   *
   * @param resource what was paid for: its public URL
   */
  SettlementResponse receipt(SettlementResponse settled, String resource, Instant at) {
    var part =
        receipts.get(
            Receipt.of(settled, resource, at), fresh -> OfferReceipt.part(fresh, attester));
    return settled.with(OfferReceipt.KEY, part);
  }

  /** The same for now. */
  SettlementResponse receipt(SettlementResponse settled, String resource) {
    return receipt(settled, resource, clock.instant());
  }
}
