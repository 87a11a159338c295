package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Extension {@code offer-receipt}: a server signs what it offers in the 402, and in the reply to a
 * paid request that it was paid. What it signs is {@link Offer} and {@link Receipt}.
 */
public final class OfferReceipt {
  public static final String KEY = "offer-receipt";

  private static final ObjectNode OFFERS =
      Schemas.object(
          """
          {"properties": {"offers": {"type": "array", "items": {
             "type": "object", "required": ["format", "payload", "signature"]}}},
           "required": ["offers"]}
          """);
  private static final ObjectNode RECEIPT =
      Schemas.object(
          """
          {"properties": {"receipt": {
             "type": "object", "required": ["format", "payload", "signature"]}},
           "required": ["receipt"]}
          """);

  private OfferReceipt() {}

  /**
   * Adds a signed offer for each way to pay, good for as long as a payment made by it may live.
   * Signatures are new with every reply: payments are matched with {@code required} itself.
   */
  public static PaymentRequired promise(
      PaymentRequired required, SigningKey attester, Instant now) {
    return required.with(KEY, part(offered(required, now), attester));
  }

  /**
   * What {@code required} offers, in its order.
   *
   * @param until a payment is made by then, and may live as long as its option says
   */
  public static List<Offer> offered(PaymentRequired required, Instant until) {
    var url = required.resource().url();
    return required.accepts().stream()
        .map(option -> Offer.of(option, url, until.plusSeconds(option.maxTimeoutSeconds())))
        .toList();
  }

  /** The part of a 402 that holds {@code offers}, signed. Shared: never modified. */
  public static ObjectNode part(List<Offer> offers, SigningKey attester) {
    var info = HeaderCodec.object();
    var items = info.putArray("offers");
    for (var offer : offers) {
      items.add(Signed.by(attester, offer).json().put("acceptIndex", items.size()));
    }
    return HeaderCodec.fixed(Schemas.part(info, OFFERS));
  }

  /** Adds a signed receipt to a settlement that succeeded; fails for any other. */
  public static SettlementResponse confirm(
      SettlementResponse settlement, String resourceUrl, SigningKey attester, Instant now) {
    return settlement.with(KEY, part(Receipt.of(settlement, resourceUrl, now), attester));
  }

  /** The part of a reply that holds {@code receipt}, signed. Shared: never modified. */
  public static ObjectNode part(Receipt receipt, SigningKey attester) {
    var info = HeaderCodec.object();
    info.set("receipt", Signed.by(attester, receipt).json());
    return HeaderCodec.fixed(Schemas.part(info, RECEIPT));
  }

  /** What the server signed of its offers; other formats than ours are left out. */
  public static List<Signed<Offer>> offers(PaymentRequired required) throws MalformedPayment {
    var info = info(required.extensions());
    if (info.isEmpty()) {
      return List.of();
    }
    if (!(info.get().json().get("offers") instanceof ArrayNode items)) {
      throw info.get().wrong("offers", "must be an array");
    }
    var offers = new ArrayList<Signed<Offer>>();
    for (int i = 0; i < items.size(); i++) {
      var item = Fields.of(items.get(i), "/extensions/" + KEY + "/info/offers/" + i);
      if (isReadable(item)) {
        offers.add(Signed.read(item, Offer::read));
      }
    }
    return List.copyOf(offers);
  }

  /** The receipt in a reply; empty when there is none, or one of another format. */
  public static Optional<Signed<Receipt>> receipt(SettlementResponse settlement)
      throws MalformedPayment {
    var info = info(settlement.extensions());
    if (info.isEmpty()) {
      return Optional.empty();
    }
    var item = info.get().object("receipt");
    return isReadable(item) ? Optional.of(Signed.read(item, Receipt::read)) : Optional.empty();
  }

  private static boolean isReadable(Fields item) throws MalformedPayment {
    return item.text("format").equals(Signed.FORMAT);
  }

  private static Optional<Fields> info(ObjectNode extensions) throws MalformedPayment {
    var extension = Fields.of(extensions, "/extensions").optionalObject(KEY);
    return extension.isPresent() ? extension.get().optionalObject("info") : Optional.empty();
  }
}
