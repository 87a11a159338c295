package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes32;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequirements;
import java.time.Instant;

/**
 * A server's word to sell one resource for one of the ways to pay.
 *
 * @param network CAIP-2
 * @param amount in the asset's smallest unit, decimal
 * @param validUntil the last second of it, in Unix time; 0 for no end
 */
public record Offer(
    String resourceUrl,
    String scheme,
    String network,
    String asset,
    String payTo,
    String amount,
    long validUntil)
    implements Statement {
  private static final Bytes32 DOMAIN = Statement.domain("x402 offer");
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Offer(uint256 version,string resourceUrl,string scheme,string network,string asset,"
              + "string payTo,string amount,uint256 validUntil)");

  /** Says of {@code option} what it says on the wire, letter by letter. */
  public static Offer of(PaymentRequirements option, String resourceUrl, Instant validUntil) {
    var json = option.json();
    return new Offer(
        resourceUrl,
        option.scheme(),
        json.path("network").textValue(),
        json.path("asset").textValue(),
        json.path("payTo").textValue(),
        json.path("amount").textValue(),
        validUntil.getEpochSecond());
  }

  static Offer read(Fields payload) throws MalformedPayment {
    Statement.version(payload);
    return new Offer(
        payload.text("resourceUrl"),
        payload.text("scheme"),
        payload.text("network"),
        payload.text("asset"),
        payload.text("payTo"),
        payload.text("amount"),
        payload.has("validUntil") ? payload.natural("validUntil") : 0);
  }

  /**
   * Whether it is about {@code option}, by what both say: its place in a list proves nothing, since
   * nobody signed it.
   */
  public boolean isFor(PaymentRequirements option) {
    return scheme.equals(option.scheme())
        && network.equals(option.network().toString())
        && amount.equals(option.amount().toString())
        && asset.equalsIgnoreCase(option.asset().toString())
        && payTo.equalsIgnoreCase(option.payTo().toString());
  }

  public boolean hasExpired(Instant now) {
    return validUntil != 0 && now.getEpochSecond() > validUntil;
  }

  @Override
  public Bytes32 digest() {
    return Eip712.digest(
        DOMAIN,
        Eip712.hashStruct(
            TYPE,
            Abi.word(VERSION),
            Keccak.hash(resourceUrl),
            Keccak.hash(scheme),
            Keccak.hash(network),
            Keccak.hash(asset),
            Keccak.hash(payTo),
            Keccak.hash(amount),
            Abi.word(validUntil)));
  }

  @Override
  public ObjectNode json() {
    return HeaderCodec.object()
        .put("version", VERSION)
        .put("resourceUrl", resourceUrl)
        .put("scheme", scheme)
        .put("network", network)
        .put("asset", asset)
        .put("payTo", payTo)
        .put("amount", amount)
        .put("validUntil", validUntil);
  }
}
