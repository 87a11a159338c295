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
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttestedReceiptTest {
  private static final SigningKey ATTESTER = Example.PAYER;
  private static final SigningKey OTHER = SigningKey.of(word(77));
  private static final String SIGNATURE =
      "0x61e49fc0e0e5502e1ea93986c8a3d2bde2d2160b5cbb6f271f8da29931ffa01b"
          + "4e1344a7af30d21f8762a79500f550af9e63d09fd8795f7facdd2907aae76c361b";

  @Test
  void theDigestAndSignatureAreThoseOfAnyWallet() {
    assertThat(receipt().digest())
        .hasToString("0x43c1d83d70c0ed52fdd2f2db49bcaa56a52925f8753fc470c44b3205f71782bb");
    assertThat(AttestedReceipt.by(ATTESTER, receipt()).signature()).hasToString(SIGNATURE);
  }

  @Test
  void theDocumentIsThePublishedOne() {
    assertThat(AttestedReceipt.by(ATTESTER, receipt()).json()).hasToString(document().toString());
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
        "/price/amount|1000",
        "/price/amount|\"1e3\"",
        "/price/asset|\"eip155:8453\"",
        "/payer|\"me\"",
        "/transaction|\"\"",
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
    return receipt(Instant.parse("2026-05-04T03:02:01Z"));
  }

  private static DeliveryReceipt receipt(Instant issuedAt) {
    return new DeliveryReceipt(
        new PaymentId(word(1)),
        new Purchase(new ListingId(4), word(3), word(4)),
        new RequestDigest("POST", "/x/stoa/demo?q=1&r=%20", word(5)),
        word(6),
        TokenAmount.of(
            new Asset(
                new ChainId(8453), Address.parse("0x833589fcd6edb6e08f4c7c32d4f71b54bda02913")),
            1000),
        Address.parse("0x" + "1a".repeat(20)),
        Address.parse("0x" + "2b".repeat(20)),
        new TxHash(word(8)),
        issuedAt);
  }

  private static ObjectNode document() {
    var zeros = "0".repeat(63);
    return Example.object(
        """
        {'payment':'0x%1$s1','listing':4,'manifestSha256':'0x%1$s3','offersRoot':'0x%1$s4',
         'request':{'method':'POST','target':'/x/stoa/demo?q=1&r=%%20','bodySha256':'0x%1$s5'},
         'response':{'bodySha256':'0x%1$s6'},
         'price':{'amount':'1000',
          'asset':'eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913'},
         'payer':'0x1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a',
         'payTo':'0x2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b',
         'transaction':'0x%1$s8','issuedAt':'2026-05-04T03:02:01Z',
         'signature':{'type':'eip712','signer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906',
          'value':'%2$s'}}
        """
            .formatted(zeros, SIGNATURE));
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
