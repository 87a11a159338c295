package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.extension.Offer;
import io.stoa.x402.extension.OfferReceipt;
import io.stoa.x402.extension.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What this node signs for buyers to keep (x402 extension {@code offer-receipt}): the offers of a
 * 402, once for all who ask for the same within a while, and the receipts for answers.
 */
final class Attestations {
  /**
   * So many of the parts that were asked for last are remembered, and twice as many at most:
   * strangers can ask for any number of different ones.
   */
  private static final int MOST = 1_000;

  private final SigningKey attester;
  private final long period;
  private final InstantSource clock;
  private final AtomicReference<Page> page = new AtomicReference<>(Page.empty(Instant.MIN));
  private final AtomicReference<Second> newest = new AtomicReference<>(new Second(Long.MIN_VALUE));

  /**
   * Offers that end together, and how they stand in a 402.
   *
   * @param parts asked for since the page was last full
   * @param before those asked for earlier
   */
  private record Page(
      Instant until,
      ConcurrentHashMap<List<Offer>, ObjectNode> parts,
      ConcurrentHashMap<List<Offer>, ObjectNode> before) {

    static Page empty(Instant until) {
      return new Page(until, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    Page full() {
      return new Page(until, new ConcurrentHashMap<>(), parts);
    }
  }

  /**
   * Receipts that were issued in one second, and how they stand in a reply. They are no more than
   * the calls that were paid in it.
   */
  private record Second(long at, ConcurrentHashMap<Receipt, ObjectNode> parts) {

    Second(long at) {
      this(at, new ConcurrentHashMap<>());
    }
  }

  /**
   * @param period how long the same offers are given out
   */
  Attestations(SigningKey attester, Duration period, InstantSource clock) {
    this.attester = attester;
    this.period = period.toSeconds();
    this.clock = clock;
  }

  /** Each way to pay with a signed offer, where those are at hand: nothing is signed. */
  Optional<PaymentRequired> known(PaymentRequired required) {
    var current = current();
    var offers = OfferReceipt.offered(required, current.until);
    var part = current.parts.get(offers);
    if (part == null) {
      part = current.before.get(offers);
      if (part == null) {
        return Optional.empty();
      }
      current.parts.put(offers, part);
      turnIfFull(current);
    }
    return Optional.of(required.with(OfferReceipt.KEY, part));
  }

  /**
   * Each way to pay with a signed offer, signed once for all who ask at the same time. Takes long:
   * not for the event loop.
   */
  PaymentRequired sign(PaymentRequired required) {
    var current = current();
    var offers = OfferReceipt.offered(required, current.until);
    var part = current.parts.computeIfAbsent(offers, fresh -> OfferReceipt.part(fresh, attester));
    turnIfFull(current);
    return required.with(OfferReceipt.KEY, part);
  }

  private void turnIfFull(Page current) {
    if (current.parts.mappingCount() >= MOST) {
      page.compareAndSet(current, current.full());
    }
  }

  /**
   * A settlement that succeeded with a signed receipt. It says the second, and so who calls the
   * same resource again within it gets the same.
   *
   * @param resource what was paid for: its public URL
   */
  SettlementResponse receipt(SettlementResponse settled, String resource, Instant at) {
    return settled.with(OfferReceipt.KEY, part(Receipt.of(settled, resource, at)));
  }

  private ObjectNode part(Receipt receipt) {
    long issuedAt = receipt.issuedAt();
    var second =
        Objects.requireNonNull(
            newest.updateAndGet(last -> last.at < issuedAt ? new Second(issuedAt) : last));
    return second.at == issuedAt
        ? second.parts.computeIfAbsent(receipt, fresh -> OfferReceipt.part(fresh, attester))
        : OfferReceipt.part(receipt, attester);
  }

  /** The same for now. */
  SettlementResponse receipt(SettlementResponse settled, String resource) {
    return receipt(settled, resource, clock.instant());
  }

  /** Of two that turn the page at once, both turn it to the same end. */
  private Page current() {
    var now = clock.instant();
    var current = Objects.requireNonNull(page.get());
    if (!now.isBefore(current.until)) {
      current = Page.empty(Instant.ofEpochSecond((now.getEpochSecond() / period + 1) * period));
      page.set(current);
    }
    return current;
  }
}
