package io.stoa.x402.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.ChainId;
import io.stoa.x402.Example;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.exact.ExactEip3009;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FacilitatorMessagesTest {

  @Test
  void readsARequestOfVersion2() throws MalformedPayment {
    // When
    var request = read(version2());

    // Then
    assertThat(request.version()).isEqualTo(2);
    assertThat(request.requirements().admits(request.payment().accepted())).isTrue();
    assertThat(ExactEip3009.read(request.payment())).isEqualTo(Example.transfer());
  }

  @Test
  void readsARequestOfVersion1AsVersion2WouldHaveIt() throws MalformedPayment {
    // When
    var request = read(version1());

    // Then
    assertThat(request.version()).isEqualTo(1);
    assertThat(request.requirements().network()).isEqualTo(new ChainId(84532));
    assertThat(request.requirements().amount()).isEqualTo(BigInteger.valueOf(1000));
    assertThat(request.payment().accepted().scheme()).isEqualTo("exact");
    assertThat(request.payment().accepted().network()).isEqualTo(new ChainId(84532));
    assertThat(ExactEip3009.read(request.payment()).nonce()).isEqualTo(Example.NONCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2\"", "null", "3", "0", "2.0", "[2]", "true", "1"})
  void rule08AnotherVersionIsRefused(String version) {
    var json = version2().toString();

    assertMalformed(
        json.replaceFirst("\"x402Version\":2", "\"x402Version\":" + version),
        "invalid_x402_version");
    assertMalformed(json.replaceFirst("\"x402Version\":2,", ""), "invalid_x402_version");
  }

  @Test
  void whatIsWrongWithTheTermsIsNamedSo() {
    var json = version2();
    Example.at(json, "/paymentRequirements").put("amount", 1000);

    assertMalformed(json.toString(), "invalid_payment_requirements");
  }

  @Test
  void aChainThatVersion1HasNoNameForIsRefused() {
    var json = version1();
    Example.at(json, "/paymentRequirements").put("network", "eip155:31337");

    assertMalformed(json.toString(), "invalid_network");
  }

  @Test
  void aRequestOfMoreThan64KiBIsRefused() throws MalformedPayment {
    var json = version2();
    json.put("padding", "");
    int room = FacilitatorRequest.MAX_LENGTH - json.toString().length();

    read(json.put("padding", "p".repeat(room)));
    assertMalformed(json.put("padding", "p".repeat(room + 1)).toString(), "invalid_payload");
  }

  @Test
  void answersAreReadAsTheyWereWritten() throws MalformedPayment {
    var payer = Example.PAYER.address();
    for (var response :
        List.of(
            new VerifyResponse.Valid(payer),
            new VerifyResponse.Valid(Optional.of(payer), Example.object("{'balance':'7'}")),
            new VerifyResponse.Invalid("invalid_payload", Optional.of("So."), Optional.empty()),
            new VerifyResponse.Invalid("invalid_exact_evm_signature", payer))) {
      assertThat(VerifyResponse.read(Fields.of(response.json(), ""))).isEqualTo(response);
    }
  }

  @Test
  void anAnswerSaysItInTheWordsOfTheProtocol() {
    assertThat(new VerifyResponse.Invalid("invalid_x", Example.PAYER.address()).json())
        .hasToString(
            "{\"isValid\":false,\"invalidReason\":\"invalid_x\",\"payer\":\"0x90f79bf6eb2c4f870365e785982e1f101e93b906\"}");
  }

  @Test
  void supportedKindsAreReadAsTheyWereWritten() throws MalformedPayment {
    var kinds =
        new SupportedKinds(
            List.of(
                new SupportedKinds.Kind(2, "exact", "eip155:31337", HeaderCodec.object()),
                new SupportedKinds.Kind(
                    2, "upto", "eip155:31337", Example.object("{'facilitatorAddress':'0x1'}")),
                new SupportedKinds.Kind(1, "exact", "base", HeaderCodec.object())),
            List.of("bazaar"),
            Map.of("eip155:*", List.of("0x1")));

    assertThat(SupportedKinds.read(Fields.of(kinds.json(), ""))).isEqualTo(kinds);
    assertThat(kinds.find("upto", new ChainId(31337))).isPresent();
    assertThat(kinds.find("upto", new ChainId(1))).isEmpty();
    assertThat(kinds.find("exact", new ChainId(8453))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'kinds':{}}",
        "{'kinds':[1]}",
        "{'kinds':[{'x402Version':'2','scheme':'exact','network':'x'}]}",
        "{'kinds':[],'extensions':[1]}",
        "{'kinds':[],'signers':{'eip155:*':'0x1'}}"
      })
  void kindsOfAnotherFormAreMalformed(String json) {
    assertThatThrownBy(() -> SupportedKinds.read(Fields.of(Example.object(json), "")))
        .isInstanceOf(MalformedPayment.class);
  }

  private static ObjectNode version2() {
    var json = HeaderCodec.object().put("x402Version", 2);
    json.set("paymentPayload", Example.message());
    json.set("paymentRequirements", Example.offer().json());
    return json;
  }

  private static ObjectNode version1() {
    var json = HeaderCodec.object().put("x402Version", 1);
    json.putObject("paymentPayload")
        .put("x402Version", 1)
        .put("scheme", "exact")
        .put("network", "base-sepolia")
        .set("payload", Example.message().path("payload"));
    json.set(
        "paymentRequirements",
        Example.object(
            """
            {'scheme':'exact','network':'base-sepolia','maxAmountRequired':'1000',
             'asset':'0x5FbDB2315678afecb367f032d93F642f64180aa3',
             'payTo':'0x2000000000000000000000000000000000004020',
             'resource':'https://m.example/v1/infer','description':'','mimeType':'',
             'outputSchema':null,'maxTimeoutSeconds':60,'extra':{'name':'USD Coin','version':'2'}}
            """));
    return json;
  }

  private static FacilitatorRequest read(ObjectNode json) throws MalformedPayment {
    return FacilitatorRequest.read(json.toString().getBytes(UTF_8));
  }

  private static void assertMalformed(String json, String reason) {
    assertThatThrownBy(() -> FacilitatorRequest.read(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            MalformedPayment.class, malformed -> assertThat(malformed.reason()).isEqualTo(reason));
  }
}
