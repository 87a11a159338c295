package io.stoa.x402.receipt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttestedReceiptTest {
  private static final SigningKey ATTESTER = Example.PAYER;
  private static final SigningKey OTHER = SigningKey.of(word(77));
  private static final Instant ISSUED = Instant.parse("2026-05-04T03:02:01Z");
  private static final PaidBy TRANSACTION =
      new PaidBy.Transaction(new PaymentId(word(1)), new TxHash(word(8)));
  private static final PaidBy CHANNEL =
      new PaidBy.Channel(new ChannelCall(new ChannelId(word(9)), 7));
  private static final Usage USAGE =
      new Usage(Map.of(Unit.INPUT_TOKEN, 12L, Unit.OUTPUT_TOKEN, 34L));
  private static final String SIGNATURE =
      "0xdf8e5616b10a5b8ae32c7ba4860ec5a0fa17002777b63a3171cb8f43f4da6feb"
          + "46e6eac1b0a45c65a74e4d705859d48c711417f9e4efdd94d24abe9df758a05d1c";
  private static final String CHANNEL_SIGNATURE =
      "0x54755fa163b13318591c6a476dc977b39c7998ff559278aee3f455dfc9db8d18"
          + "0fa2d752b9034212462342ca73ab54d37213d0b3a525fd9126cc5edd9e9ee67d1c";

  @Test
  void theDigestAndSignatureAreThoseOfAnyWallet() {
    assertThat(receipt().digest())
        .hasToString("0xac9478d61a597317f9425617b0d724943b75a558b1fe31dd1d98b88c8656f1c9");
    assertThat(AttestedReceipt.by(ATTESTER, receipt()).signature()).hasToString(SIGNATURE);
    assertThat(channelReceipt().digest())
        .hasToString("0xb50313d6d992df1e95d57e08652e31dafed8ec077d11e922720964ad678510d6");
    assertThat(AttestedReceipt.by(ATTESTER, channelReceipt()).signature())
        .hasToString(CHANNEL_SIGNATURE);
  }

  @Test
  void theDocumentIsThePublishedOne() {
    assertThat(AttestedReceipt.by(ATTESTER, receipt()).json()).hasToString(document().toString());
    assertThat(AttestedReceipt.by(ATTESTER, channelReceipt()).json())
        .hasToString(channelDocument().toString());
  }

  @Test
  void aReceiptOfAChannelNamesTheCallAndWhatItUsed() throws MalformedPayment {
    // When
    var attested = read(channelDocument());

    // Then
    assertThat(attested.receipt()).isEqualTo(channelReceipt());
    assertThat(attested.isBy(ATTESTER.address())).isTrue();
  }

  @Test
  void aCallThatCostNothingHasAReceipt() throws MalformedPayment {
    // Given
    var free = AttestedReceipt.by(ATTESTER, receipt(CHANNEL, Usage.NOTHING, 0, ISSUED));

    // When, Then
    assertThat(read(free.json())).isEqualTo(free);
    assertThat(free.isBy(ATTESTER.address())).isTrue();
  }

  @Test
  void aPaymentThatCameToNothingHasAReceiptWithoutATransaction() throws MalformedPayment {
    // Given
    var nothing = new PaidBy.Nothing(new PaymentId(word(1)));
    var free = AttestedReceipt.by(ATTESTER, receipt(nothing, Usage.NOTHING, 0, ISSUED));

    // When, Then
    assertThat(free.json().has("transaction")).isFalse();
    assertThat(read(free.json())).isEqualTo(free);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> receipt(nothing, Usage.NOTHING, 1, ISSUED));
  }

  @Test
  void whatCostSomethingNamesWhatPaidIt() {
    // Given
    var document = document();
    document.remove("transaction");

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(document));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/transaction");
  }

  @Test
  void signingForOneChainDoesNotChangeWhatIsSignedForAnother() {
    // Given
    var before = receipt().digest();

    // When
    var elsewhere = receipt(new ChainId(10)).digest();

    // Then
    assertThat(elsewhere).isNotEqualTo(before);
    assertThat(receipt().digest()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/channel/fence|0|/channel/fence",
        "/channel/fence|\"7\"|/channel/fence",
        "/channel/fence|8|/payment",
        "/channel/id|\"0x\"|/channel/id",
        "/channel|7|/channel",
        "/channel|null|/transaction"
      })
  void aCallOfAChannelIsTheOneThatThePaymentNames(String pointer, String value, String complaint) {
    // Given
    var document = channelDocument();
    parent(document, pointer)
        .set(name(pointer), Example.object("{\"it\":" + value + "}").get("it"));

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(document));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo(complaint);
  }

  @Test
  void nothingIsPaidInTwoWays() {
    // Given
    var document = channelDocument().put("transaction", word(8).toString());

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(document));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/transaction");
  }

  @Test
  void rule67ADocumentIsCheckedWithNothingButTheAttestersAddress() throws MalformedPayment {
    // When
    var attested = read(document());

    // Then
    assertThat(attested.receipt()).isEqualTo(receipt());
    assertThat(attested.isBy(ATTESTER.address())).isTrue();
    assertThat(attested.isBy(OTHER.address())).isFalse();
  }

  @Test
  void aDocumentThatNamesAnotherSignerIsNobodys() throws MalformedPayment {
    // Given
    var document = document();
    Example.at(document, "/signature").put("signer", OTHER.address().toString());

    // When
    var attested = read(document);

    // Then
    assertThat(attested.isBy(ATTESTER.address())).isFalse();
    assertThat(attested.isBy(OTHER.address())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/payment,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/manifestSha256,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/offersRoot,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/request/method,PUT",
    "/request/target,/x/stoa/demo?q=2&r=%20",
    "/request/bodySha256,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/response/bodySha256,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/usage,input_token=1",
    "/price/amount,999",
    "/price/asset,eip155:1/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
    "/price/asset,eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02914",
    "/payer,0x2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b",
    "/payTo,0x1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
    "/transaction,0x0000000000000000000000000000000000000000000000000000000000000002",
    "/issuedAt,2026-05-04T03:02:02Z"
  })
  void nothingItSaysCanBeChanged(String pointer, String value) throws MalformedPayment {
    // Given
    var document = document();
    parent(document, pointer).put(name(pointer), value);

    // When, Then
    assertThat(read(document).isBy(ATTESTER.address())).isFalse();
  }

  @Test
  void theListingCannotBeChanged() throws MalformedPayment {
    assertThat(read(document().put("listing", 5)).isBy(ATTESTER.address())).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/payment|\"0x1\"",
        "/listing|\"4\"",
        "/listing|0",
        "/listing|-4",
        "/listing|4.0",
        "/manifestSha256|null",
        "/request|[]",
        "/request/target|7",
        "/response|\"0x\"",
        "/usage|null",
        "/usage|\"token=1\"",
        "/usage|\"input_token=012\"",
        "/usage|\"output_token=34, input_token=12\"",
        "/price/amount|1000",
        "/price/amount|\"1e3\"",
        "/price/asset|\"eip155:8453\"",
        "/payer|\"me\"",
        "/transaction|\"\"",
        "/transaction|\"0x0000000000000000000000000000000000000000000000000000000000000000\"",
        "/issuedAt|\"2026-05-04T03:02:01.500Z\"",
        "/issuedAt|\"1969-12-31T23:59:59Z\"",
        "/issuedAt|\"yesterday\"",
        "/issuedAt|1777863721",
        "/signature|null",
        "/signature/type|\"jws\"",
        "/signature/value|\"0x\""
      })
  void aMalformedDocumentNamesItsPlace(String pointer, String value) {
    // Given
    var document = document();
    parent(document, pointer)
        .set(name(pointer), Example.object("{\"it\":" + value + "}").get("it"));

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(document));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo(pointer);
  }

  @Test
  void rule28ALooseSignatureIsMalformed() {
    // Given
    var document = document();
    var loose = SIGNATURE.substring(0, 130) + "00";
    Example.at(document, "/signature").put("value", loose);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> read(document));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/signature/value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "receipt", "[]", "{}{}", "{\"payment\":1,\"payment\":1}", "\"\""})
  void whatIsNoDocumentIsMalformed(String text) {
    assertThat(
            catchThrowableOfType(
                MalformedPayment.class, () -> AttestedReceipt.read(text.getBytes(UTF_8))))
        .isNotNull();
  }

  @Test
  void aDocumentHasBounds() {
    assertThat(
            catchThrowableOfType(
                MalformedPayment.class,
                () -> AttestedReceipt.read((" ".repeat(49_000) + document()).getBytes(UTF_8))))
        .isNotNull();
    assertThat(
            catchThrowableOfType(
                MalformedPayment.class,
                () -> AttestedReceipt.read("[".repeat(40_000).getBytes(UTF_8))))
        .isNotNull();
  }

  @Test
  void aReceiptIsIssuedAtAWholeSecond() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> receipt(Instant.parse("2026-05-04T03:02:01.5Z")));
  }

  private static DeliveryReceipt receipt() {
    return receipt(ISSUED);
  }

  private static DeliveryReceipt receipt(Instant issuedAt) {
    return receipt(TRANSACTION, Usage.NOTHING, 1000, issuedAt);
  }

  private static DeliveryReceipt channelReceipt() {
    return receipt(CHANNEL, USAGE, 1000, ISSUED);
  }

  private static DeliveryReceipt receipt(ChainId chain) {
    return receipt(TRANSACTION, Usage.NOTHING, chain, 1000, ISSUED);
  }

  private static DeliveryReceipt receipt(PaidBy paidBy, Usage usage, long price, Instant issuedAt) {
    return receipt(paidBy, usage, new ChainId(8453), price, issuedAt);
  }

  private static DeliveryReceipt receipt(
      PaidBy paidBy, Usage usage, ChainId chain, long price, Instant issuedAt) {
    return new DeliveryReceipt(
        paidBy,
        new Purchase(new ListingId(4), word(3), word(4)),
        new RequestDigest("POST", "/x/stoa/demo?q=1&r=%20", word(5)),
        word(6),
        usage,
        TokenAmount.of(
            new Asset(chain, Address.parse("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")), price),
        Address.parse("0x" + "1a".repeat(20)),
        Address.parse("0x" + "2b".repeat(20)),
        issuedAt);
  }

  private static ObjectNode document() {
    return document(
        word(1).toString(), "", "'transaction':'0x%s8'".formatted("0".repeat(63)), SIGNATURE);
  }

  private static ObjectNode channelDocument() {
    return document(
        "0x546ebf3a7476d836e37f3d9d70f330a686c86b663354f188f0acfe07bd10389b",
        "input_token=12, output_token=34",
        "'channel':{'id':'0x%s9','fence':7}".formatted("0".repeat(63)),
        CHANNEL_SIGNATURE);
  }

  private static ObjectNode document(
      String payment, String usage, String paidBy, String signature) {
    var zeros = "0".repeat(63);
    return Example.object(
        """
        {'payment':'%2$s','listing':4,'manifestSha256':'0x%1$s3','offersRoot':'0x%1$s4',
         'request':{'method':'POST','target':'/x/stoa/demo?q=1&r=%%20','bodySha256':'0x%1$s5'},
         'response':{'bodySha256':'0x%1$s6'},'usage':'%3$s',
         'price':{'amount':'1000',
          'asset':'eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913'},
         'payer':'0x1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a',
         'payTo':'0x2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b',
         %4$s,'issuedAt':'2026-05-04T03:02:01Z',
         'signature':{'type':'eip712','signer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906',
          'value':'%5$s'}}
        """
            .formatted(zeros, payment, usage, paidBy, signature));
  }

  private static AttestedReceipt read(ObjectNode document) throws MalformedPayment {
    return AttestedReceipt.read(document.toString().getBytes(UTF_8));
  }

  private static ObjectNode parent(ObjectNode document, String pointer) {
    return Example.at(document, pointer.substring(0, pointer.lastIndexOf('/')));
  }

  private static String name(String pointer) {
    return pointer.substring(pointer.lastIndexOf('/') + 1);
  }

  private static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }
}
