package io.stoa.x402;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** One good payment, of which every test breaks something: the published vector for EIP-3009. */
public final class Example {
  public static final Instant NOW = Instant.ofEpochSecond(1_999_999_000);
  public static final BigInteger VALID_BEFORE = BigInteger.valueOf(2_000_000_000);
  public static final SigningKey PAYER =
      SigningKey.of(
          Bytes32.parse("0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"));
  public static final Asset ASSET =
      new Asset(new ChainId(31337), Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
  public static final TokenDomain DOMAIN = TokenDomain.of(ASSET, "USD Coin", "2");
  public static final Address PAY_TO = Address.parse("0x2000000000000000000000000000000000004020");
  public static final Bytes32 NONCE = Bytes32.parse("0x" + "11".repeat(32));
  public static final String SIGNATURE =
      "0x2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5"
          + "143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a1c";

  /** Of 70 bytes 0xab, by a wallet that a factory creates when called with 0xdeadbeef01. */
  public static final Bytes WRAPPED =
      Bytes.parse(
          "0x00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8"
              + "0000000000000000000000000000000000000000000000000000000000000060"
              + "00000000000000000000000000000000000000000000000000000000000000a0"
              + "0000000000000000000000000000000000000000000000000000000000000005"
              + "deadbeef01000000000000000000000000000000000000000000000000000000"
              + "0000000000000000000000000000000000000000000000000000000000000046"
              + "ab".repeat(70)
              + "00".repeat(26)
              + "6492".repeat(16));

  public static final String URL = "https://m.example/v1/infer";

  private static final ObjectMapper JSON = new ObjectMapper();

  private Example() {}

  public static TransferAuthorization authorization() {
    return new TransferAuthorization(
        TokenAmount.of(ASSET, 1000), PAY_TO, BigInteger.ZERO, VALID_BEFORE, NONCE);
  }

  public static SignedTransfer transfer() {
    return authorization().signedBy(PAYER, DOMAIN);
  }

  public static PaymentRequirements offer() {
    return new PaymentRequirements(
        "exact",
        ASSET.chain(),
        BigInteger.valueOf(1000),
        ASSET.token(),
        PAY_TO,
        60,
        object("{'name':'USD Coin','version':'2'}"));
  }

  public static PaymentRequired required() {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(URL, "one inference", "application/json"),
        List.of(offer()),
        HeaderCodec.object());
  }

  /** The message a client sends, as any client may write it. */
  public static ObjectNode message() {
    return object(
        """
        {'x402Version':2,'resource':{'url':'https://m.example/v1/infer'},
         'accepted':{'scheme':'exact','network':'eip155:31337','amount':'1000',
          'asset':'0x5FbDB2315678afecb367f032d93F642f64180aa3',
          'payTo':'0x2000000000000000000000000000000000004020','maxTimeoutSeconds':60,
          'extra':{'name':'USD Coin','version':'2'}},
         'payload':{'signature':'%s',
          'authorization':{'from':'0x90F79bf6EB2c4f870365E785982E1f101E93b906',
           'to':'0x2000000000000000000000000000000000004020','value':'1000','validAfter':'0',
           'validBefore':'2000000000','nonce':'%s'}}}
        """
            .formatted(SIGNATURE, NONCE));
  }

  public static String header(ObjectNode message) {
    return base64(message.toString());
  }

  public static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
  }

  /** Reads JSON written with single quotes. */
  public static ObjectNode object(String json) {
    try {
      return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
    } catch (JsonProcessingException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** The object at a JSON pointer of {@code message}. */
  public static ObjectNode at(ObjectNode message, String pointer) {
    return (ObjectNode) message.at(pointer);
  }
}
