package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.Fields;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.batch.ServerOrder.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the orders of servers stand on the wire, on one chain. */
public final class ServerOrders {
  /** The most vouchers in one order: a transaction must hold them. */
  public static final int MOST_ROWS = 64;

  private final ChannelDigests digests;

  public ServerOrders(ChannelDigests digests) {
    this.digests = digests;
  }

  /** Whether {@code payment} is no payment but an order. */
  public static boolean isOne(PaymentPayload payment) {
    var payload = payment.payload();
    return switch (payload.json().path("type").asText()) {
      case "claim", "settle" -> true;
      case "refund" -> payload.has("refundNonce");
      default -> false;
    };
  }

  /** Reads the order. Nothing of it is verified then. */
  public ServerOrder read(PaymentPayload payment) throws MalformedPayment {
    var payload = payment.payload();
    return switch (payload.text("type")) {
      case "claim" -> as(BatchReason.CLAIM_PAYLOAD, () -> claim(payload));
      case "settle" ->
          as(
              BatchReason.SETTLE_PAYLOAD,
              () ->
                  new ServerOrder.Settle(
                      payload.address("receiver"),
                      new Asset(digests.chain(), payload.address("token"))));
      case "refund" -> as(BatchReason.REFUND_PAYLOAD, () -> refund(payload));
      default ->
          throw new MalformedPayment(
              BatchReason.UNKNOWN_SETTLE_ACTION,
              "/payload/type",
              "/payload/type must be claim, settle or refund.");
    };
  }

  private ServerOrder claim(Fields payload) throws MalformedPayment {
    var rows = rows(payload);
    if (rows.isEmpty()) {
      throw payload.wrong("claims", "must not be empty");
    }
    return new ServerOrder.Claim(rows, signature(payload, "claimAuthorizerSignature"));
  }

  private ServerOrder refund(Fields payload) throws MalformedPayment {
    var amount = payload.uint128("amount");
    if (amount.signum() == 0) {
      throw payload.wrong("amount", "must not be zero").as(BatchReason.REFUND_AMOUNT_INVALID);
    }
    return new ServerOrder.Refund(
        BatchPayloads.config(payload.object("channelConfig"), digests.chain()),
        amount,
        payload.uint256("refundNonce"),
        rows(payload),
        signature(payload, "refundAuthorizerSignature"),
        signature(payload, "claimAuthorizerSignature"));
  }

  private List<Row> rows(Fields payload) throws MalformedPayment {
    if (!(payload.json().get("claims") instanceof ArrayNode claims)) {
      throw payload.wrong("claims", "must be an array");
    }
    if (claims.size() > MOST_ROWS) {
      throw payload.wrong("claims", "must not be more than " + MOST_ROWS);
    }
    var rows = new ArrayList<Row>(claims.size());
    for (int i = 0; i < claims.size(); i++) {
      rows.add(row(Fields.of(claims.get(i), "/payload/claims/" + i), digests.chain()));
    }
    return rows;
  }

  private Row row(Fields claim, ChainId chain) throws MalformedPayment {
    var signed = claim.object("voucher");
    var config = BatchPayloads.config(signed.object("channel"), chain);
    var voucher =
        new Voucher(
            digests.channelId(config),
            signed.uint128("maxClaimableAmount"),
            claim.bytes("signature", SignedPayment.MAX_SIGNATURE));
    var total = claim.uint128("totalClaimed");
    if (total.compareTo(voucher.ceiling()) > 0) {
      throw claim.wrong("totalClaimed", "is more than was signed");
    }
    return new Row(config, voucher, total);
  }

  private static Optional<Bytes> signature(Fields payload, String name) throws MalformedPayment {
    return payload.has(name)
        ? Optional.of(payload.bytes(name, SignedPayment.MAX_SIGNATURE))
        : Optional.empty();
  }

  private static ServerOrder as(String reason, Reader reader) throws MalformedPayment {
    try {
      return reader.read();
    } catch (MalformedPayment malformed) {
      throw malformed.reason().equals("invalid_payload") ? malformed.as(reason) : malformed;
    }
  }

  private interface Reader {
    ServerOrder read() throws MalformedPayment;
  }
}
