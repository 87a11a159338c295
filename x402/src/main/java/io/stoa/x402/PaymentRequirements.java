package io.stoa.x402;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import java.math.BigInteger;

/**
 * One way to pay: what a server offers, and what a buyer says it chose.
 *
 * @param amount in the asset's smallest unit
 * @param maxTimeoutSeconds how long the buyer may make its authorization live
 * @param extra what the scheme adds
 * @param json all of it as it stands on the wire, where a buyer must repeat it unchanged; not to be
 *     modified, like {@code extra}
 */
public record PaymentRequirements(
    String scheme,
    ChainId network,
    BigInteger amount,
    Address asset,
    Address payTo,
    int maxTimeoutSeconds,
    ObjectNode extra,
    ObjectNode json) {
  /** An {@code assetTransferMethod}: the token itself checks what the payer signed. */
  public static final String EIP_3009 = "eip3009";

  /** An {@code assetTransferMethod}: Permit2 does, for any token whose owner approved it. */
  public static final String PERMIT2 = "permit2";

  private static final String PAYMENT_FLOW = "paymentFlow";
  private static final String UPFRONT = "upfront";

  public PaymentRequirements(
      String scheme,
      ChainId network,
      BigInteger amount,
      Address asset,
      Address payTo,
      int maxTimeoutSeconds,
      ObjectNode extra) {
    this(
        scheme,
        network,
        amount,
        asset,
        payTo,
        maxTimeoutSeconds,
        extra,
        HeaderCodec.fixed(
            HeaderCodec.object()
                .put("scheme", scheme)
                .put("network", network.toString())
                .put("amount", amount.toString())
                .put("asset", asset.toString())
                .put("payTo", payTo.toString())
                .put("maxTimeoutSeconds", maxTimeoutSeconds)
                .set("extra", extra)));
  }

  /** The same for payments that live no longer than {@code seconds}, if it allows longer ones. */
  public PaymentRequirements lasting(int seconds) {
    return maxTimeoutSeconds <= seconds
        ? this
        : new PaymentRequirements(scheme, network, amount, asset, payTo, seconds, extra);
  }

  /** The same for another amount. */
  public PaymentRequirements priced(BigInteger units) {
    return new PaymentRequirements(scheme, network, units, asset, payTo, maxTimeoutSeconds, extra);
  }

  /** The same with other additions of the scheme. */
  public PaymentRequirements withExtra(ObjectNode additions) {
    return new PaymentRequirements(
        scheme, network, amount, asset, payTo, maxTimeoutSeconds, additions);
  }

  /** Reads one option. Unknown members are kept in {@code json} and otherwise ignored. */
  public static PaymentRequirements read(Fields fields) throws MalformedPayment {
    return new PaymentRequirements(
        fields.text("scheme"),
        fields.network("network"),
        fields.uint256("amount"),
        fields.address("asset"),
        fields.address("payTo"),
        fields.number("maxTimeoutSeconds"),
        fields.optionalObject("extra").map(Fields::json).orElseGet(HeaderCodec::object),
        fields.json());
  }

  /** {@code extra} of an option that is settled before the resource runs. */
  public static ObjectNode upfront(ObjectNode extra) {
    return extra.deepCopy().put(PAYMENT_FLOW, UPFRONT);
  }

  /** Whether it is settled before the resource runs, and not after. */
  public boolean isUpfront() {
    return extra.path(PAYMENT_FLOW).asText().equals(UPFRONT);
  }

  /** How the money moves: {@code eip3009} unless the offer says otherwise. */
  public String assetTransferMethod() {
    var method = extra.get("assetTransferMethod");
    return method == null ? EIP_3009 : method.asText();
  }

  /**
   * Whether {@code chosen} is this offer: every field equal, every key of {@code extra} there with
   * the same value. What a buyer adds to {@code extra} is tolerated.
   */
  public boolean admits(PaymentRequirements chosen) {
    return scheme.equals(chosen.scheme)
        && network.equals(chosen.network)
        && amount.equals(chosen.amount)
        && asset.equals(chosen.asset)
        && payTo.equals(chosen.payTo)
        && maxTimeoutSeconds == chosen.maxTimeoutSeconds
        && Containment.holds(chosen.extra, extra);
  }
}
