package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Signature;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import io.stoa.x402.Example;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OfferReceiptTest {
  private static final SigningKey ATTESTER = SigningKey.of(Bytes32.of(BigInteger.valueOf(77)));
  private static final Instant NOW = Example.NOW;
  private static final TxHash TRANSACTION = new TxHash(Bytes32.of(BigInteger.valueOf(8)));
  private static final Offer OFFER =
      new Offer(
          Example.URL,
          "exact",
          "eip155:31337",
          "0x5FbDB2315678afecb367f032d93F642f64180aa3",
          "0x2000000000000000000000000000000000004020",
          "1000",
          2_000_000_000);
  private static final Receipt RECEIPT =
      new Receipt(
          "eip155:31337",
          Example.URL,
          "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
          1_900_000_000,
          "");
  private static final String OFFER_SIGNATURE =
      "0x2eb71bc2b22feed745a897b76a7c68ebba70818e653a3f027e7bfff9bc6d4b77"
          + "1671001c3b148b06d2384b0ee24d576aa47408f3def732b92c4a9474d1912c151c";
  private static final String RECEIPT_SIGNATURE =
      "0x48911ddcab6518c0355581c29e716715724ef13d17c89499fc9165223a6f6d97"
          + "336f29c51db36ebc7c948f2aeafcb9e2586fb5f885dad83da267278e52517dbb1c";

  @Test
  void thePublishedOfferHasItsDigestAndSignature() {
    assertThat(OFFER.digest())
        .hasToString("0x362eb0af88063438c5e7e341ca95935d877df8931df09a8586927fff54a5d497");
    assertThat(Signed.by(Example.PAYER, OFFER).signature()).hasToString(OFFER_SIGNATURE);
  }

  @Test
  void rule67ThePublishedReceiptVerifiesOnChainOneWhateverItsNetwork() {
    // Given
    var signed = new Signed<>(RECEIPT, Signature.strict(Bytes.parse(RECEIPT_SIGNATURE).toBytes()));

    // When, Then
    assertThat(RECEIPT.digest())
        .hasToString("0x80f9d257d7d67a75093cfb1d8b1f1fe30b52167236fd1378dd301e25acecb3ab");
    assertThat(Signed.by(Example.PAYER, RECEIPT)).isEqualTo(signed);
    assertThat(signed.isBy(Example.PAYER.address())).isTrue();
    assertThat(signed.isBy(ATTESTER.address())).isFalse();
  }

  @Test
  void a402OffersEachWayToPayForAsLongAsAPaymentMayLive() throws MalformedPayment {
    // Given
    var dearer = Example.offer().priced(BigInteger.valueOf(2000));
    var required = required(Example.offer(), dearer);

    // When
    var promised = PaymentRequired.read(OfferReceipt.promise(required, ATTESTER, NOW).header());

    // Then
    var offers = OfferReceipt.offers(promised);
    assertThat(offers).hasSize(2).allMatch(offer -> offer.isBy(ATTESTER.address()));
    assertThat(offers.getFirst().statement().isFor(promised.accepts().getFirst())).isTrue();
    assertThat(offers.getFirst().statement().isFor(promised.accepts().getLast())).isFalse();
    assertThat(offers.getLast().statement().isFor(promised.accepts().getLast())).isTrue();
    assertThat(offers.getLast().statement().hasExpired(NOW.plusSeconds(60))).isFalse();
    assertThat(offers.getLast().statement().hasExpired(NOW.plusSeconds(61))).isTrue();
  }

  @Test
  void anOfferStandsInThe402AsTheProtocolHasIt() throws MalformedPayment {
    // Given
    var published =
        new PaymentRequirements(
            "exact",
            Example.ASSET.chain(),
            BigInteger.valueOf(1000),
            Example.ASSET.token(),
            Example.PAY_TO,
            60,
            HeaderCodec.object());

    // When
    var json =
        HeaderCodec.decode(
                OfferReceipt.promise(
                        required(published), Example.PAYER, Instant.ofEpochSecond(1_999_999_940))
                    .header())
            .json();

    // Then
    assertThat(json.at("/extensions/offer-receipt/info"))
        .isEqualTo(
            Example.object(
                """
                {'offers':[{'format':'eip712','acceptIndex':0,
                  'payload':{'version':1,'resourceUrl':'https://m.example/v1/infer',
                   'scheme':'exact','network':'eip155:31337',
                   'asset':'0x5fbdb2315678afecb367f032d93f642f64180aa3',
                   'payTo':'0x2000000000000000000000000000000000004020','amount':'1000',
                   'validUntil':2000000000},
                  'signature':'%s'}]}
                """
                    .formatted(Signed.by(Example.PAYER, lowerCase()).signature())));
    assertThat(json.at("/extensions/offer-receipt/schema/required/0").textValue())
        .isEqualTo("offers");
  }

  @ParameterizedTest
  @CsvSource({
    "scheme,upto",
    "network,eip155:1",
    "amount,999",
    "amount,01000",
    "asset,0x5FbDB2315678afecb367f032d93F642f64180aa4",
    "payTo,0x2000000000000000000000000000000000004021"
  })
  void anOfferIsForAnOptionThatSaysTheSame(String field, String value) throws MalformedPayment {
    // Given
    var other = Offer.read(Fields.of(OFFER.json().put(field, value), ""));

    // When, Then
    assertThat(OFFER.isFor(Example.offer())).isTrue();
    assertThat(other.isFor(Example.offer())).isFalse();
  }

  @Test
  void anOfferWithoutEndNeverExpires() throws MalformedPayment {
    // Given
    var json = OFFER.json();
    json.remove("validUntil");

    // When
    var offer = Offer.read(Fields.of(json, ""));

    // Then
    assertThat(offer.validUntil()).isZero();
    assertThat(offer.hasExpired(Instant.MAX)).isFalse();
  }

  @Test
  void rule21NoBuyerHasToEchoWhatChangesWithEveryReply() throws MalformedPayment {
    // Given
    var terms = required(Example.offer());
    var seen = OfferReceipt.promise(terms, ATTESTER, NOW);
    var message = Example.message();
    message.set("extensions", seen.extensions());

    // When
    var payload = PaymentPayload.read(Example.header(message));

    // Then
    assertThat(terms.objection(payload)).isEmpty();
    assertThat(terms.extensions()).isEmpty();
    assertThat(OfferReceipt.promise(terms, ATTESTER, NOW.plusSeconds(1)).isEchoedBy(payload))
        .isFalse();
  }

  @Test
  void rule67AReceiptIsIssuedOnSuccess() throws MalformedPayment {
    // Given
    var settled =
        SettlementResponse.settled(
            TRANSACTION, Example.ASSET.chain(), Example.PAYER.address(), BigInteger.TEN);

    // When
    var header = OfferReceipt.confirm(settled, Example.URL, ATTESTER, NOW).header();

    // Then
    var receipt = OfferReceipt.receipt(SettlementResponse.read(header)).orElseThrow();
    assertThat(receipt.isBy(ATTESTER.address())).isTrue();
    assertThat(receipt.statement())
        .isEqualTo(
            new Receipt(
                "eip155:31337",
                Example.URL,
                "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
                NOW.getEpochSecond(),
                ""));
    assertThat(HeaderCodec.decode(header).json().at("/extensions/offer-receipt/schema/required/0"))
        .hasToString("\"receipt\"");
  }

  @Test
  void rule67AFailureHasNoReceipt() {
    // Given
    var failed =
        SettlementResponse.failed(Example.ASSET.chain(), Example.PAYER.address(), "unlucky");

    // When, Then
    assertThatThrownBy(() -> OfferReceipt.confirm(failed, Example.URL, ATTESTER, NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingThatIsSignedCanBeChanged() throws MalformedPayment {
    for (var field : List.of("resourceUrl", "scheme", "network", "asset", "payTo", "amount")) {
      var changed = OFFER.json().put(field, OFFER.json().get(field).textValue() + "0");
      assertThat(isByPayer(item(changed, OFFER_SIGNATURE))).as(field).isFalse();
    }
    assertThat(isByPayer(item(OFFER.json().put("validUntil", 2_000_000_001), OFFER_SIGNATURE)))
        .isFalse();
    assertThat(isByPayer(item(OFFER.json(), OFFER_SIGNATURE))).isTrue();
    for (var field : List.of("network", "resourceUrl", "payer", "transaction")) {
      var changed = RECEIPT.json().put(field, RECEIPT.json().get(field).textValue() + "0");
      assertThat(
              Signed.read(Fields.of(item(changed, RECEIPT_SIGNATURE), ""), Receipt::read)
                  .isBy(Example.PAYER.address()))
          .as(field)
          .isFalse();
    }
  }

  @Test
  void offersInOtherFormatsAreLeftOut() throws MalformedPayment {
    // Given
    var required =
        required(Example.offer())
            .with(
                OfferReceipt.KEY,
                Example.object(
                    "{'info':{'offers':[{'format':'jws','signature':'e30.e30.AA'},%s]}}"
                        .formatted(item(OFFER.json(), OFFER_SIGNATURE))));

    // When
    var offers = OfferReceipt.offers(required);

    // Then
    assertThat(offers).extracting(Signed::statement).containsExactly(OFFER);
    assertThat(OfferReceipt.offers(required(Example.offer()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/payload/version|2",
        "/payload/version|\"1\"",
        "/payload/amount|1000",
        "/payload/validUntil|-1",
        "/payload/validUntil|1.5",
        "/payload/validUntil|99999999999999999999",
        "/payload/resourceUrl|null",
        "/signature|\"0x\"",
        "/signature|7",
        "/format|null",
        "/payload|[]"
      })
  void aMalformedOfferNamesItsPlace(String pointer, String value) {
    // Given
    var item = item(OFFER.json(), OFFER_SIGNATURE);
    int slash = pointer.lastIndexOf('/');
    ((ObjectNode) item.at(pointer.substring(0, slash)))
        .set(pointer.substring(slash + 1), Example.object("{'it':" + value + "}").get("it"));
    var required =
        required(Example.offer())
            .with(OfferReceipt.KEY, Example.object("{'info':{'offers':[" + item + "]}}"));

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> OfferReceipt.offers(required));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/extensions/offer-receipt/info/offers/0" + pointer);
  }

  static Stream<String> looseSignatures() {
    var r = OFFER_SIGNATURE.substring(0, 66);
    return Stream.of(
        OFFER_SIGNATURE.substring(0, 130),
        OFFER_SIGNATURE.substring(0, 130) + "01",
        r + "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a11c");
  }

  @ParameterizedTest
  @MethodSource("looseSignatures")
  void rule28ASignatureInAnotherFormIsMalformed(String loose) {
    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> isByPayer(item(OFFER.json(), loose)));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/signature");
  }

  private static Offer lowerCase() {
    return new Offer(
        OFFER.resourceUrl(),
        OFFER.scheme(),
        OFFER.network(),
        "0x5fbdb2315678afecb367f032d93f642f64180aa3",
        OFFER.payTo(),
        OFFER.amount(),
        OFFER.validUntil());
  }

  private static boolean isByPayer(ObjectNode item) throws MalformedPayment {
    return Signed.read(Fields.of(item, ""), Offer::read).isBy(Example.PAYER.address());
  }

  private static ObjectNode item(ObjectNode payload, String signature) {
    var item = HeaderCodec.object().put("format", "eip712").put("signature", signature);
    item.set("payload", payload);
    return item;
  }

  private static PaymentRequired required(PaymentRequirements... options) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        Example.required().resource(),
        List.of(options),
        HeaderCodec.object());
  }
}
