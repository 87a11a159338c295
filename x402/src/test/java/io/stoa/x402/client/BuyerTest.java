package io.stoa.x402.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.Sound;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BuyerTest {
  private static final Clock CLOCK = Clock.fixed(Example.NOW, ZoneOffset.UTC);
  private static final Buyer BUYER =
      new Buyer(Example.PAYER, TokenAmount.of(Example.ASSET, 1000), CLOCK);

  @Test
  void whatABuyerPaysAServerAccepts() throws MalformedPayment {
    // Given
    var required = Example.required();
    var chosen = BUYER.choose(required).orElseThrow();

    // When
    var payment = BUYER.pay(required, chosen);

    // Then
    var payload = PaymentPayload.read(payment.header());
    var transfer = ExactEip3009.read(payload);
    var verified =
        ExactEip3009.verify(
            transfer,
            required.find(payload.accepted()).orElseThrow(),
            Example.DOMAIN,
            Example.NOW,
            Duration.ofSeconds(60));
    var sound = ((Valid<Sound<SignedTransfer>>) verified).payment();
    assertThat(sound.payment()).isEqualTo(payment.transfer());
    assertThat(sound.signature().origin()).isEqualTo(PayerSignature.Origin.PAYER);
    assertThat(required.objection(payload)).isEmpty();
    assertThat(payment.id()).isEqualTo(transfer.key().id());
    assertThat(transfer.validBefore())
        .isEqualTo(BigInteger.valueOf(Example.NOW.getEpochSecond() + 60));
  }

  @Test
  void eachPaymentHasItsOwnNonce() {
    var first = BUYER.pay(Example.required(), Example.offer());
    var second = BUYER.pay(Example.required(), Example.offer());

    assertThat(first.transfer().nonce()).isNotEqualTo(second.transfer().nonce());
  }

  @Test
  void theChosenOptionIsRepeatedAsItWasWritten() throws MalformedPayment {
    // Given
    var option = Example.at(Example.message(), "/accepted").put("future", 1);
    var required = terms(option);

    // When
    var payment = BUYER.pay(required, BUYER.choose(required).orElseThrow());

    // Then
    assertThat(HeaderCodec.decode(payment.header()).json().get("accepted")).isEqualTo(option);
  }

  @Test
  void whatTheServerAdvertisedIsEchoed() throws MalformedPayment {
    // Given
    var plain = Example.required();
    var required =
        new PaymentRequired(
            plain.error(),
            plain.resource(),
            plain.accepts(),
            Example.object("{'x':{'info':{'a':1}}}"));

    // When
    var payment = BUYER.pay(required, Example.offer());

    // Then
    assertThat(PaymentPayload.read(payment.header()).extensions()).isEqualTo(required.extensions());
  }

  @Test
  void optionsOverTheCapAreNotTaken() throws MalformedPayment {
    assertThat(BUYER.choose(terms(option -> option.put("amount", "1001")))).isEmpty();
  }

  @Test
  void theCapIsOfOneAssetOnly() throws MalformedPayment {
    // Given
    var elsewhere = new Asset(new ChainId(1), Example.ASSET.token());
    var buyer = new Buyer(Example.PAYER, TokenAmount.of(elsewhere, 1_000_000), CLOCK);

    // When, Then
    assertThat(buyer.choose(Example.required())).isEmpty();
  }

  @Test
  void optionsThatThisBuyerDoesNotUnderstandAreNotTaken() throws MalformedPayment {
    assertThat(BUYER.choose(terms(option -> option.put("scheme", "upto")))).isEmpty();
    assertThat(BUYER.choose(terms(option -> extra(option).put("paymentFlow", "upfront"))))
        .isEmpty();
    assertThat(BUYER.choose(terms(option -> extra(option).put("paymentFlow", 1)))).isEmpty();
    assertThat(BUYER.choose(terms(option -> extra(option).put("assetTransferMethod", "permit2"))))
        .isEmpty();
    assertThat(BUYER.choose(terms(option -> extra(option).remove("version")))).isEmpty();
    assertThat(BUYER.choose(terms(option -> option.put("maxTimeoutSeconds", 0)))).isEmpty();
  }

  @Test
  void theFirstOptionThatFitsIsTaken() throws MalformedPayment {
    // Given
    var json = Example.object("{'x402Version':2,'resource':{'url':'https://m.example/'}}");
    var options = json.putArray("accepts");
    options.add(option(option -> option.put("scheme", "batch-settlement")));
    options.add(option(option -> option.put("amount", "5000")));
    options.add(option(option -> option.put("amount", "900")));
    options.add(option(option -> option.put("amount", "100")));

    // When
    var chosen = BUYER.choose(PaymentRequired.read(Example.header(json)));

    // Then
    assertThat(chosen.orElseThrow().amount()).isEqualTo(BigInteger.valueOf(900));
  }

  @Test
  void nothingIsSignedBeyondTheCapEvenWhenAsked() throws MalformedPayment {
    var dear = terms(option -> option.put("amount", "1001"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> BUYER.pay(dear, dear.accepts().getFirst()));
  }

  private static PaymentRequired terms(Consumer<ObjectNode> change) throws MalformedPayment {
    return terms(option(change));
  }

  private static PaymentRequired terms(ObjectNode option) throws MalformedPayment {
    var json = Example.object("{'x402Version':2,'resource':{'url':'https://m.example/'}}");
    json.putArray("accepts").add(option);
    return PaymentRequired.read(Example.header(json));
  }

  private static ObjectNode option(Consumer<ObjectNode> change) {
    var option = Example.at(Example.message(), "/accepted");
    change.accept(option);
    return option;
  }

  private static ObjectNode extra(ObjectNode option) {
    return (ObjectNode) option.get("extra");
  }
}
