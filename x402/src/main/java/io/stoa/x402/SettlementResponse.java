package io.stoa.x402;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a settlement ended.
 *
 * @param transaction what was broadcast; empty when nothing was
 * @param payer empty when the server does not say
 * @param amount what was moved, in the asset's smallest unit; empty when nothing was, or when the
 *     server does not say
 * @param errorReason a reason code; null on success
 * @param extra what the scheme adds; not to be modified
 * @param extensions key to {@code {info, schema}}; not to be modified
 */
public record SettlementResponse(
    boolean success,
    Optional<TxHash> transaction,
    ChainId network,
    Optional<Address> payer,
    Optional<BigInteger> amount,
    @Nullable String errorReason,
    ObjectNode extra,
    ObjectNode extensions) {
  /**
   * The reason that is no end: it was broadcast, nobody knows yet. Must neither be delivered for
   * nor paid again.
   */
  public static final String PENDING = "settlement_pending";

  /** To which neither the scheme nor an extension adds anything. */
  public SettlementResponse(
      boolean success,
      Optional<TxHash> transaction,
      ChainId network,
      Optional<Address> payer,
      Optional<BigInteger> amount,
      @Nullable String errorReason) {
    this(
        success,
        transaction,
        network,
        payer,
        amount,
        errorReason,
        HeaderCodec.object(),
        HeaderCodec.object());
  }

  public static SettlementResponse settled(
      TxHash transaction, ChainId network, Address payer, BigInteger amount) {
    return new SettlementResponse(
        true, Optional.of(transaction), network, Optional.of(payer), Optional.of(amount), null);
  }

  /** Served for a metered price of zero: there is no transaction, and nothing was moved. */
  public static SettlementResponse free(ChainId network, Address payer) {
    return new SettlementResponse(
        true, Optional.empty(), network, Optional.of(payer), Optional.of(BigInteger.ZERO), null);
  }

  /** Charged without the chain: there is no transaction, and nothing was moved. */
  public static SettlementResponse offChain(ChainId network, Address payer) {
    return new SettlementResponse(
        true, Optional.empty(), network, Optional.of(payer), Optional.empty(), null);
  }

  /** Nothing was charged. */
  public static SettlementResponse failed(ChainId network, Address payer, String reason) {
    return new SettlementResponse(
        false, Optional.empty(), network, Optional.of(payer), Optional.empty(), reason);
  }

  /** Nothing was done, and nobody looked whose payment it is. */
  public static SettlementResponse refused(ChainId network, String reason) {
    return new SettlementResponse(
        false, Optional.empty(), network, Optional.empty(), Optional.empty(), reason);
  }

  /** On its way to the chain; nobody knows yet. */
  public static SettlementResponse pending(ChainId network, Address payer, TxHash transaction) {
    return new SettlementResponse(
        false, Optional.of(transaction), network, Optional.of(payer), Optional.empty(), PENDING);
  }

  /** The same with what the scheme adds. */
  public SettlementResponse withExtra(ObjectNode additions) {
    return new SettlementResponse(
        success, transaction, network, payer, amount, errorReason, additions, extensions);
  }

  /** The same with what the extension {@code key} adds. */
  public SettlementResponse with(String key, ObjectNode part) {
    return new SettlementResponse(
        success,
        transaction,
        network,
        payer,
        amount,
        errorReason,
        extra,
        HeaderCodec.object().<ObjectNode>setAll(extensions).set(key, part));
  }

  public String header() {
    return HeaderCodec.encode(json());
  }

  public ObjectNode json() {
    var json =
        HeaderCodec.object()
            .put("success", success)
            .put("transaction", transaction.map(TxHash::toString).orElse(""))
            .put("network", network.toString());
    payer.ifPresent(address -> json.put("payer", address.toString()));
    if (success || amount.isPresent()) {
      json.put("amount", amount.map(BigInteger::toString).orElse(""));
    }
    if (errorReason != null) {
      json.put("errorReason", errorReason);
    }
    if (!extra.isEmpty()) {
      json.set("extra", extra);
    }
    if (!extensions.isEmpty()) {
      json.set("extensions", extensions);
    }
    return json;
  }

  /** Reads the header as a buyer does. */
  public static SettlementResponse read(String header) throws MalformedPayment {
    return read(HeaderCodec.decode(header));
  }

  /** Reads the message as a server does that asked a facilitator. */
  public static SettlementResponse read(Fields fields) throws MalformedPayment {
    var transaction = fields.text("transaction");
    return new SettlementResponse(
        fields.truth("success"),
        transaction.isEmpty()
            ? Optional.empty()
            : Optional.of(new TxHash(fields.bytes32("transaction"))),
        fields.network("network"),
        fields.optionalAddress("payer"),
        fields.optionalUint256("amount"),
        fields.optionalText("errorReason").orElse(null),
        object(fields, "extra"),
        object(fields, "extensions"));
  }

  private static ObjectNode object(Fields fields, String name) throws MalformedPayment {
    return fields.optionalObject(name).map(Fields::json).orElseGet(HeaderCodec::object);
  }
}
