package io.stoa.x402.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.ChainId;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import java.util.List;
import org.junit.jupiter.api.Test;

class V1TermsTest {

  @Test
  void rule70AClientOfVersion1FindsTheTermsInTheBody() {
    assertThat(V1Terms.of(required(V1Example.OFFER)))
        .contains(
            Example.object(
                """
                {'x402Version':1,'error':'X-PAYMENT header is required','accepts':[
                 {'scheme':'exact','network':'base-sepolia','maxAmountRequired':'1000',
                  'asset':'0x5fbdb2315678afecb367f032d93f642f64180aa3',
                  'payTo':'0x2000000000000000000000000000000000004020',
                  'resource':'https://m.example/v1/infer','description':'one inference',
                  'mimeType':'application/json','maxTimeoutSeconds':60,
                  'extra':{'name':'USD Coin','version':'2'}}]}
                """));
  }

  @Test
  void theReasonOfARefusalIsTheSameInBothVersions() {
    assertThat(V1Terms.of(required(V1Example.OFFER).because("invalid_exact_evm_signature")))
        .hasValueSatisfying(
            body ->
                assertThat(body.get("error").textValue()).isEqualTo("invalid_exact_evm_signature"));
  }

  @Test
  void whatVersion1HasNoWordsForIsLeftOut() {
    // Given
    var upto = V1Example.offer("upto", 84532, 1000, V1Example.EXTRA);
    var unnamed = V1Example.offer("exact", 31337, 1000, V1Example.EXTRA);
    var permit2 = V1Example.offer("exact", 84532, 1000, "{'assetTransferMethod':'permit2'}");
    var upfront =
        V1Example.offer(
            "exact", 84532, 1000, "{'name':'USDC','version':'2','paymentFlow':'upfront'}");

    // When, Then
    assertThat(V1Terms.of(required(upto, V1Example.OFFER, unnamed, permit2, upfront)))
        .isEqualTo(V1Terms.of(required(V1Example.OFFER)));
    assertThat(V1Terms.of(required(upto, unnamed, permit2, upfront))).isEmpty();
  }

  @Test
  void everyNameStandsForOneChainAndBack() {
    assertThat(V1Networks.chain("base")).contains(new ChainId(8453));
    assertThat(V1Networks.name(new ChainId(8453))).contains("base");
    assertThat(V1Networks.chain("avalanche-fuji")).contains(new ChainId(43113));
    assertThat(V1Networks.chain("eip155:8453")).isEmpty();
    assertThat(V1Networks.chain("Base")).isEmpty();
    assertThat(V1Networks.name(new ChainId(31337))).isEmpty();
  }

  private static PaymentRequired required(PaymentRequirements... offers) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        Example.required().resource(),
        List.of(offers),
        HeaderCodec.object());
  }
}
