package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * A payment as a client builds it, from the protocol alone; every part can be bent before or after
 * it is signed.
 */
final class DraftPayment {
  static final ObjectMapper JSON = new ObjectMapper();

  private final SigningKey wallet;
  private final ObjectNode message = JSON.createObjectNode();
  private final ObjectNode authorization;
  private String domainName;
  private String domainVersion;
  private ChainId domainChain;
  private Address domainToken;

  /**
   * @param terms what the 402 said
   */
  DraftPayment(SigningKey wallet, JsonNode terms) {
    var option = exact(terms).deepCopy();
    this.wallet = wallet;
    this.domainName = option.at("/extra/name").asText();
    this.domainVersion = option.at("/extra/version").asText();
    this.domainChain = ChainId.parse(option.path("network").asText());
    this.domainToken = Address.parse(option.path("asset").asText());
    message.put("x402Version", 2);
    message.putObject("resource").put("url", terms.at("/resource/url").asText());
    message.set("accepted", option);
    var nonce = new byte[32];
    new SecureRandom().nextBytes(nonce);
    this.authorization = message.putObject("payload").putObject("authorization");
    authorization
        .put("from", wallet.address().toString())
        .put("to", option.path("payTo").asText())
        .put("value", option.path("amount").asText())
        .put("validAfter", "0")
        .put(
            "validBefore",
            Long.toString(
                Instant.now().getEpochSecond() + option.path("maxTimeoutSeconds").longValue()))
        .put("nonce", Bytes32.of(nonce).toString());
  }

  private static ObjectNode exact(JsonNode terms) {
    for (var option : terms.path("accepts")) {
      if (option.path("scheme").asText().equals("exact")) {
        return (ObjectNode) option;
      }
    }
    throw new AssertionError("no option of the scheme exact: " + terms);
  }

  /** Bends a member of the authorization before it is signed. */
  DraftPayment with(String member, String value) {
    authorization.put(member, value);
    return this;
  }

  DraftPayment inDomain(String name, String version, ChainId chain, Address token) {
    domainName = name;
    domainVersion = version;
    domainChain = chain;
    domainToken = token;
    return this;
  }

  ChainId chain() {
    return domainChain;
  }

  Address token() {
    return domainToken;
  }

  Bytes32 nonce() {
    return Bytes32.parse(authorization.path("nonce").asText());
  }

  PaymentId id() {
    return new PaymentKey.Eip3009(new Asset(domainChain, domainToken), wallet.address(), nonce())
        .id();
  }

  /** Signs what stands there now. */
  DraftPayment signed() {
    return signed(wallet.sign(digest()).toBytes());
  }

  DraftPayment signed(byte[] signature) {
    ((ObjectNode) message.path("payload"))
        .put("signature", "0x" + HexFormat.of().formatHex(signature));
    return this;
  }

  byte[] signature() {
    return wallet.sign(digest()).toBytes();
  }

  /** Bends the message after it was signed. */
  DraftPayment bent(Consumer<ObjectNode> how) {
    how.accept(message);
    return this;
  }

  ObjectNode message() {
    return message;
  }

  String header() {
    return header(message.toString());
  }

  static String header(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
  }

  static JsonNode decode(String header) {
    try {
      return JSON.readTree(Base64.getDecoder().decode(header));
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private Bytes32 digest() {
    var type =
        Keccak.hash(
            "TransferWithAuthorization(address from,address to,uint256 value,"
                + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");
    return Eip712.digest(
        new Eip712.Domain(domainName, domainVersion, domainChain, domainToken).separator(),
        Eip712.hashStruct(
            type,
            Abi.word(Address.parse(authorization.path("from").asText())),
            Abi.word(Address.parse(authorization.path("to").asText())),
            Abi.word(new BigInteger(authorization.path("value").asText())),
            Abi.word(new BigInteger(authorization.path("validAfter").asText())),
            Abi.word(new BigInteger(authorization.path("validBefore").asText())),
            Bytes32.parse(authorization.path("nonce").asText())));
  }
}
