package io.stoa.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.Hold;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.receipt.AttestedReceipt;
import io.stoa.x402.receipt.DeliveryReceipt;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Receipts as somebody verifies them who has nothing but docs/receipts.md and the document. */
class ReceiptsTest {
  private static final Delivery DELIVERY =
      new Delivery(word(6), new Usage(Map.of(Unit.OUTPUT_TOKEN, 7L)));
  private static final SigningKey ATTESTER = SigningKey.of(word(77));
  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01.987Z");
  private static final Asset DOLLAR =
      new Asset(new ChainId(8453), Address.parse("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913"));
  private static final Settlement SETTLEMENT =
      new Settlement(new TxHash(word(8)), new BlockRef(9, word(9)));

  private static final ChannelId CHANNEL = new ChannelId(word(9));
  private static final ChannelConfig CONFIG =
      new ChannelConfig(
          Address.parse("0x" + "1a".repeat(20)),
          Address.parse("0x" + "1b".repeat(20)),
          Address.parse("0x" + "2b".repeat(20)),
          Address.parse("0x" + "2c".repeat(20)),
          DOLLAR,
          900,
          word(1));

  private final Receipts receipts = new Receipts(Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void rule67AReceiptVerifiesUnderTheAttestersKey() throws Exception {
    // When
    var receipt = read(receipts.issue(payment(Optional.of(DELIVERY)), SETTLEMENT).orElseThrow());

    // Then
    assertThat(receipt.at("/signature/signer").textValue())
        .isEqualTo(ATTESTER.address().toString());
    assertThat(signer(receipt)).contains(ATTESTER.address());
    assertThat(receipt.path("usage").asText()).isEqualTo("output_token=7");
  }

  @Test
  void rule67AReceiptOfACallVerifiesUnderTheAttestersKey() throws Exception {
    // When
    var receipt = read(call(250, new Usage(Map.of(Unit.INPUT_TOKEN, 12L, Unit.BYTE, 34L))));

    // Then
    assertThat(signer(receipt)).contains(ATTESTER.address());
    assertThat(receipt.path("payment").textValue())
        .isEqualTo(Bytes32.sha256(("channel " + CHANNEL + " 7").getBytes(UTF_8)).toString());
    assertThat(receipt.at("/channel/id").textValue()).isEqualTo(CHANNEL.toString());
    assertThat(receipt.at("/channel/fence").longValue()).isEqualTo(7);
    assertThat(receipt.has("transaction")).isFalse();
    assertThat(receipt.path("usage").textValue()).isEqualTo("input_token=12, byte=34");
    assertThat(receipt.at("/price/amount").textValue()).isEqualTo("250");
    assertThat(receipt.path("payer").textValue()).isEqualTo(CONFIG.payer().toString());
    assertThat(receipt.path("payTo").textValue()).isEqualTo(CONFIG.receiver().toString());
  }

  @Test
  void aCallThatCostNothingHasAReceipt() throws Exception {
    // When
    var receipt = read(call(0, Usage.NOTHING));

    // Then
    assertThat(receipt.at("/price/amount").textValue()).isEqualTo("0");
    assertThat(receipt.path("usage").textValue()).isEmpty();
    assertThat(signer(receipt)).contains(ATTESTER.address());
  }

  private String call(long price, Usage usage) {
    return receipts.issue(
        new Hold(CHANNEL, 7),
        CONFIG,
        new Purchase(new ListingId(4), word(3), word(4)),
        new RequestDigest("POST", "/x/stoa/demo?q=1&r=%20", word(5)),
        word(6),
        BigInteger.valueOf(price),
        usage);
  }

  static Stream<String> everythingItSays() {
    return Stream.of(
        "/payment",
        "/listing",
        "/manifestSha256",
        "/offersRoot",
        "/request/method",
        "/request/target",
        "/request/bodySha256",
        "/response/bodySha256",
        "/usage",
        "/price/amount",
        "/price/asset",
        "/payer",
        "/payTo",
        "/transaction",
        "/issuedAt");
  }

  @ParameterizedTest
  @MethodSource("everythingItSays")
  void nothingItSaysCanBeChanged(String pointer) throws Exception {
    // Given
    var receipt = read(receipts.issue(payment(Optional.of(DELIVERY)), SETTLEMENT).orElseThrow());
    var name = pointer.substring(pointer.lastIndexOf('/') + 1);
    var parent = (ObjectNode) receipt.at(pointer.substring(0, pointer.lastIndexOf('/')));

    // When
    changed(name, parent.get(name)).accept(parent);

    // Then
    assertThat(signer(receipt)).isPresent().get().isNotEqualTo(ATTESTER.address());
  }

  @Test
  void namesThePaymentAndItsTransaction() throws Exception {
    // Given
    var payment = payment(Optional.of(DELIVERY));

    // When
    var receipt = read(receipts.issue(payment, SETTLEMENT).orElseThrow());

    // Then
    assertThat(receipt.path("payment").textValue()).isEqualTo(payment.id().toString());
    assertThat(receipt.path("transaction").textValue())
        .isEqualTo(SETTLEMENT.transaction().toString());
    assertThat(receipt.at("/price/amount").textValue()).isEqualTo("1000");
    assertThat(receipt.path("issuedAt").textValue()).isEqualTo("2026-05-04T03:02:01Z");
  }

  @Test
  void thereIsNoneForAPaymentWithoutAnAnswer() {
    assertThat(receipts.issue(payment(Optional.empty()), SETTLEMENT)).isEmpty();
  }

  @Test
  void thereIsNoneForWhatSomebodyElseDelivers() {
    assertThat(receipts.issue(payment(new Occasion.Errand()), SETTLEMENT)).isEmpty();
  }

  private static Consumer<ObjectNode> changed(String name, JsonNode value) {
    return switch (name) {
      case "listing" -> parent -> parent.put(name, value.longValue() + 1);
      case "issuedAt" -> parent -> parent.put(name, "2026-05-04T03:02:02Z");
      case "usage" -> parent -> parent.put(name, "item=1");
      case "asset" -> parent -> parent.put(name, value.textValue().replace(":8453/", ":8454/"));
      default -> {
        var text = value.textValue();
        var last = text.endsWith("1") ? "2" : "1";
        yield parent -> parent.put(name, text.substring(0, text.length() - 1) + last);
      }
    };
  }

  private static Optional<Address> signer(JsonNode receipt) {
    var asset = receipt.at("/price/asset").textValue();
    var chain = asset.substring("eip155:".length(), asset.indexOf('/'));
    var token = asset.substring(asset.lastIndexOf(':') + 1);
    var domain = new Eip712.Domain("Stoa receipt", "1", new ChainId(Long.parseLong(chain)), null);
    var struct =
        Eip712.hashStruct(
            Keccak.hash(
                "Receipt(bytes32 payment,uint256 listing,bytes32 manifest,bytes32 offers,"
                    + "string method,string target,bytes32 requestBody,bytes32 responseBody,"
                    + "string usage,address payer,address payTo,address asset,uint256 amount,"
                    + "bytes32 transaction,uint256 issuedAt)"),
            bytes32(receipt, "/payment"),
            Abi.word(receipt.path("listing").longValue()),
            bytes32(receipt, "/manifestSha256"),
            bytes32(receipt, "/offersRoot"),
            Keccak.hash(receipt.at("/request/method").textValue()),
            Keccak.hash(receipt.at("/request/target").textValue()),
            bytes32(receipt, "/request/bodySha256"),
            bytes32(receipt, "/response/bodySha256"),
            Keccak.hash(receipt.path("usage").textValue()),
            address(receipt, "/payer"),
            address(receipt, "/payTo"),
            Abi.word(Address.parse(token)),
            Abi.word(new BigInteger(receipt.at("/price/amount").textValue())),
            receipt.has("channel") ? Bytes32.ZERO : bytes32(receipt, "/transaction"),
            Abi.word(Instant.parse(receipt.path("issuedAt").textValue()).getEpochSecond()));
    var signature = Bytes.parse(receipt.at("/signature/value").textValue()).toBytes();
    return Secp256k1.fastest()
        .recover(Eip712.digest(domain.separator(), struct), Signature.strict(signature));
  }

  private static Bytes32 bytes32(JsonNode receipt, String pointer) {
    return Bytes32.parse(receipt.at(pointer).textValue());
  }

  private static Bytes32 address(JsonNode receipt, String pointer) {
    return Abi.word(Address.parse(receipt.at(pointer).textValue()));
  }

  private static Payment payment(Optional<Delivery> delivery) {
    return payment(
        new Occasion.Call(
            new Purchase(new ListingId(4), word(3), word(4)),
            new RequestDigest("POST", "/x/stoa/demo?q=1&r=%20", word(5)),
            delivery));
  }

  private static Payment payment(Occasion occasion) {
    var transfer =
        new SignedTransfer(
            TokenAmount.of(DOLLAR, 1000),
            Address.parse("0x" + "1a".repeat(20)),
            Address.parse("0x" + "2b".repeat(20)),
            BigInteger.ZERO,
            BigInteger.TEN,
            word(2),
            Bytes.wrap(new byte[65]));
    return new Payment(
        transfer,
        Optional.empty(),
        transfer.fixedPrice(),
        occasion,
        new PaymentState.Settling(),
        1,
        0,
        NOW);
  }

  private static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }

  /** As it is handed out. */
  private static JsonNode read(String kept) throws IOException, MalformedPayment {
    var receipt = DeliveryReceipt.read(kept.getBytes(UTF_8));
    return new ObjectMapper().readTree(AttestedReceipt.by(ATTESTER, receipt).json().toString());
  }
}
