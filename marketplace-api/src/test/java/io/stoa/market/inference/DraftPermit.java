package io.stoa.market.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;

/** A payment of scheme {@code upto} as a client builds it; its terms can be bent before. */
final class DraftPermit {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SigningKey wallet;
  private final ObjectNode option;
  private final SignedPermit permit;
  private final ObjectNode message = DraftPayment.JSON.createObjectNode();

  /**
   * @param terms what the 402 said
   * @param bending of the option, before anything is signed
   */
  DraftPermit(SigningKey wallet, JsonNode terms, Consumer<ObjectNode> bending) {
    this.wallet = wallet;
    this.option = option(terms);
    message.put("x402Version", 2).set("accepted", option.deepCopy());
    bending.accept(option);
    var asset = new Asset(chain(), Address.parse(option.path("asset").asText()));
    this.permit =
        new PermitAuthorization(
                new TokenAmount(asset, new BigInteger(option.path("amount").asText())),
                new BigInteger(256, RANDOM),
                BigInteger.valueOf(
                    Instant.now().getEpochSecond() + option.path("maxTimeoutSeconds").longValue()),
                new SignedPermit.Witness.Upto(
                    Address.parse(option.path("payTo").asText()),
                    Address.parse(option.at("/extra/facilitatorAddress").asText()),
                    BigInteger.ZERO))
            .signedBy(wallet, Permit2Domain.of(chain()));
    message.set("payload", payload());
  }

  DraftPermit(SigningKey wallet, JsonNode terms) {
    this(wallet, terms, option -> {});
  }

  static ObjectNode option(JsonNode terms) {
    for (var option : terms.path("accepts")) {
      if (option.path("scheme").asText().equals("upto")) {
        return option.deepCopy();
      }
    }
    throw new AssertionError("no option of the scheme upto: " + terms);
  }

  PaymentId id() {
    return permit.key().id();
  }

  /** Signs the approval of Permit2 that it needs, the wallet's first (EIP-2612). */
  DraftPermit approving() {
    var extra = option.path("extra");
    var domain =
        new Eip712.Domain(
            extra.path("name").asText(),
            extra.path("version").asText(),
            chain(),
            permit.amount().asset().token());
    var type =
        Keccak.hash(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    var signature =
        wallet.sign(
            Eip712.digest(
                domain.separator(),
                Eip712.hashStruct(
                    type,
                    Abi.word(wallet.address()),
                    Abi.word(Permit2.CONTRACT),
                    Abi.word(permit.amount().units()),
                    Abi.word(0),
                    Abi.word(permit.deadline()))));
    message
        .putObject("extensions")
        .putObject("eip2612GasSponsoring")
        .putObject("info")
        .put("from", wallet.address().toString())
        .put("asset", permit.amount().asset().token().toString())
        .put("spender", Permit2.CONTRACT.toString())
        .put("amount", permit.amount().units().toString())
        .put("nonce", "0")
        .put("deadline", permit.deadline().toString())
        .put("signature", "0x" + HexFormat.of().formatHex(signature.toBytes()))
        .put("version", "1");
    return this;
  }

  ObjectNode message() {
    return message;
  }

  String header() {
    return DraftPayment.header(message.toString());
  }

  private ChainId chain() {
    return ChainId.parse(option.path("network").asText());
  }

  private ObjectNode payload() {
    var payload =
        DraftPayment.JSON.createObjectNode().put("signature", permit.signature().toString());
    var authorization =
        payload
            .putObject("permit2Authorization")
            .put("from", wallet.address().toString())
            .put("spender", permit.spender().toString())
            .put("nonce", permit.nonce().toString())
            .put("deadline", permit.deadline().toString());
    authorization
        .putObject("permitted")
        .put("token", permit.amount().asset().token().toString())
        .put("amount", permit.amount().units().toString());
    authorization
        .putObject("witness")
        .put("to", option.path("payTo").asText())
        .put("facilitator", option.at("/extra/facilitatorAddress").asText())
        .put("validAfter", "0");
    return payload;
  }
}
