package io.stoa.x402.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.math.BigInteger;
import java.util.Optional;

/** How payloads of the scheme stand on the wire (x402 §7.3). */
public final class BatchPayloads {
  private static final String ERC3009 = "erc3009Authorization";
  private static final String PERMIT2 = "permit2Authorization";

  private BatchPayloads() {}

  /** Reads the scheme's part of a payload. Nothing of it is verified then. */
  public static BatchPayload read(PaymentPayload payment) throws MalformedPayment {
    var payload = payment.payload();
    var chain = payment.accepted().network();
    return switch (type(payload)) {
      case "voucher" -> read(payload, chain, BatchReason.VOUCHER_PAYLOAD, BatchPayload.Pay::new);
      case "deposit" ->
          read(
              payload,
              chain,
              BatchReason.DEPOSIT_PAYLOAD,
              (config, voucher) -> deposit(config, voucher, payload.object("deposit")));
      case "refund" ->
          read(
              payload,
              chain,
              BatchReason.REFUND_PAYLOAD,
              (config, voucher) -> new BatchPayload.Refund(config, voucher, refundAmount(payload)));
      default ->
          throw new MalformedPayment(
              BatchReason.PAYLOAD_TYPE,
              "/payload/type",
              "/payload/type must be voucher, deposit or refund.");
    };
  }

  private static String type(Fields payload) throws MalformedPayment {
    try {
      return payload.text("type");
    } catch (MalformedPayment malformed) {
      throw malformed.as(BatchReason.PAYLOAD_TYPE);
    }
  }

  /** Whatever has no code of its own is a fault of this type of payload. */
  private static BatchPayload read(Fields payload, ChainId chain, String reason, Rest rest)
      throws MalformedPayment {
    try {
      return rest.read(
          config(payload.object("channelConfig"), chain), voucher(payload.object("voucher")));
    } catch (MalformedPayment malformed) {
      throw malformed.reason().equals("invalid_payload") ? malformed.as(reason) : malformed;
    }
  }

  /** Reads what comes besides the channel and its voucher. */
  private interface Rest {
    BatchPayload read(ChannelConfig config, Voucher voucher) throws MalformedPayment;
  }

  static ChannelConfig config(Fields fields, ChainId chain) throws MalformedPayment {
    int delay = fields.number("withdrawDelay");
    if (delay < ChannelConfig.SHORTEST_DELAY || delay > ChannelConfig.LONGEST_DELAY) {
      throw fields
          .wrong("withdrawDelay", "is not a delay that channels may have")
          .as(BatchReason.WITHDRAW_DELAY_OUT_OF_RANGE);
    }
    var receiverAuthorizer = fields.address("receiverAuthorizer");
    if (receiverAuthorizer.equals(Address.ZERO)) {
      throw fields
          .wrong("receiverAuthorizer", "must not be zero")
          .as(BatchReason.RECEIVER_AUTHORIZER_MISMATCH);
    }
    return new ChannelConfig(
        fields.address("payer"),
        fields.address("payerAuthorizer"),
        fields.address("receiver"),
        receiverAuthorizer,
        new Asset(chain, fields.address("token")),
        delay,
        fields.bytes32("salt"));
  }

  private static Voucher voucher(Fields fields) throws MalformedPayment {
    return new Voucher(
        channel(fields),
        fields.uint128("maxClaimableAmount"),
        fields.bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  static ChannelId channel(Fields fields) throws MalformedPayment {
    try {
      return new ChannelId(fields.bytes32("channelId"));
    } catch (MalformedPayment malformed) {
      throw malformed.as(BatchReason.CHANNEL_ID_INVALID);
    }
  }

  private static BatchPayload.Deposit deposit(ChannelConfig config, Voucher voucher, Fields fields)
      throws MalformedPayment {
    var amount = fields.uint128("amount");
    if (amount.signum() == 0) {
      throw fields.wrong("amount", "must not be zero");
    }
    return new BatchPayload.Deposit(
        config, voucher, amount, authorization(fields.object("authorization")));
  }

  private static DepositAuthorization authorization(Fields fields) throws MalformedPayment {
    var erc3009 = fields.optionalObject(ERC3009);
    var permit2 = fields.optionalObject(PERMIT2);
    if (erc3009.isPresent() && permit2.isPresent()) {
      throw fields.wrong(PERMIT2, "must not come with another authorization");
    }
    if (permit2.isPresent()) {
      return permit2(permit2.get());
    }
    if (erc3009.isPresent()) {
      return erc3009(erc3009.get());
    }
    throw fields.wrong(ERC3009, "is missing").as(BatchReason.ERC3009_AUTHORIZATION_REQUIRED);
  }

  private static DepositAuthorization erc3009(Fields fields) throws MalformedPayment {
    return new DepositAuthorization.Erc3009(
        fields.uint256("validAfter"),
        fields.uint256("validBefore"),
        fields.uint256OrHex("salt"),
        fields.bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  private static DepositAuthorization permit2(Fields fields) throws MalformedPayment {
    var permitted = fields.object("permitted");
    return new DepositAuthorization.Permit2(
        fields.address("from"),
        permitted.address("token"),
        permitted.uint256("amount"),
        fields.address("spender"),
        fields.uint256OrHex("nonce"),
        fields.uint256("deadline"),
        channel(fields.object("witness")),
        fields.bytes("signature", SignedPayment.MAX_SIGNATURE));
  }

  private static Optional<BigInteger> refundAmount(Fields payload) throws MalformedPayment {
    if (!payload.has("amount")) {
      return Optional.empty();
    }
    try {
      var amount = payload.uint128("amount");
      if (amount.signum() == 0) {
        throw payload.wrong("amount", "must not be zero");
      }
      return Optional.of(amount);
    } catch (MalformedPayment malformed) {
      throw malformed.as(BatchReason.REFUND_AMOUNT_INVALID);
    }
  }

  /** As a payer sends it. */
  public static ObjectNode write(BatchPayload payload) {
    var json = HeaderCodec.object();
    switch (payload) {
      case BatchPayload.Pay _ -> json.put("type", "voucher");
      case BatchPayload.Deposit deposit -> {
        json.put("type", "deposit")
            .putObject("deposit")
            .put("amount", deposit.amount().toString())
            .set("authorization", write(deposit.authorization()));
      }
      case BatchPayload.Refund refund -> {
        json.put("type", "refund");
        refund.amount().ifPresent(amount -> json.put("amount", amount.toString()));
      }
    }
    json.set("channelConfig", write(payload.config()));
    json.set("voucher", write(payload.voucher()));
    return json;
  }

  private static ObjectNode write(ChannelConfig config) {
    return HeaderCodec.object()
        .put("payer", config.payer().toString())
        .put("payerAuthorizer", config.payerAuthorizer().toString())
        .put("receiver", config.receiver().toString())
        .put("receiverAuthorizer", config.receiverAuthorizer().toString())
        .put("token", config.asset().token().toString())
        .put("withdrawDelay", config.withdrawDelay())
        .put("salt", config.salt().toString());
  }

  private static ObjectNode write(Voucher voucher) {
    return HeaderCodec.object()
        .put("channelId", voucher.channel().toString())
        .put("maxClaimableAmount", voucher.ceiling().toString())
        .put("signature", voucher.signature().toString());
  }

  private static ObjectNode write(DepositAuthorization authorization) {
    var json = HeaderCodec.object();
    switch (authorization) {
      case DepositAuthorization.Erc3009 erc3009 ->
          json.putObject(ERC3009)
              .put("validAfter", erc3009.validAfter().toString())
              .put("validBefore", erc3009.validBefore().toString())
              .put("salt", Bytes32.of(erc3009.salt()).toString())
              .put("signature", erc3009.signature().toString());
      case DepositAuthorization.Permit2 permit2 -> {
        var fields =
            json.putObject(PERMIT2)
                .put("from", permit2.from().toString())
                .put("spender", permit2.spender().toString())
                .put("nonce", permit2.nonce().toString())
                .put("deadline", permit2.deadline().toString())
                .put("signature", permit2.signature().toString());
        fields
            .putObject("permitted")
            .put("token", permit2.token().toString())
            .put("amount", permit2.amount().toString());
        fields.putObject("witness").put("channelId", permit2.channel().toString());
      }
    }
    return json;
  }
}
