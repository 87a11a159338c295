package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes32;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import java.time.Instant;

/**
 * A server's word that somebody paid for a resource and got it, in the form every x402 client can
 * check.
 *
 * @param network CAIP-2
 * @param issuedAt Unix seconds
 * @param transaction empty where the server keeps it to itself
 */
public record Receipt(
    String network, String resourceUrl, String payer, long issuedAt, String transaction)
    implements Statement {
  private static final Bytes32 DOMAIN = Statement.domain("x402 receipt");
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Receipt(uint256 version,string network,string resourceUrl,string payer,"
              + "uint256 issuedAt,string transaction)");

  /**
   * Of a settlement that succeeded and names its payer; fails for any other. Leaves out the
   * transaction, as the protocol does by default: a receipt may be shown to people who need not see
   * the payer's whole account.
   */
  public static Receipt of(SettlementResponse settlement, String resourceUrl, Instant issuedAt) {
    if (!settlement.success()) {
      throw new IllegalArgumentException("no receipt for a payment that failed");
    }
    return new Receipt(
        settlement.network().toString(),
        resourceUrl,
        settlement.payer().orElseThrow(IllegalArgumentException::new).toString(),
        issuedAt.getEpochSecond(),
        "");
  }

  static Receipt read(Fields payload) throws MalformedPayment {
    Statement.version(payload);
    return new Receipt(
        payload.text("network"),
        payload.text("resourceUrl"),
        payload.text("payer"),
        payload.natural("issuedAt"),
        payload.optionalText("transaction").orElse(""));
  }

  @Override
  public Bytes32 digest() {
    return Eip712.digest(
        DOMAIN,
        Eip712.hashStruct(
            TYPE,
            Abi.word(VERSION),
            Keccak.hash(network),
            Keccak.hash(resourceUrl),
            Keccak.hash(payer),
            Abi.word(issuedAt),
            Keccak.hash(transaction)));
  }

  @Override
  public ObjectNode json() {
    return HeaderCodec.object()
        .put("version", VERSION)
        .put("network", network)
        .put("resourceUrl", resourceUrl)
        .put("payer", payer)
        .put("issuedAt", issuedAt)
        .put("transaction", transaction);
  }
}
