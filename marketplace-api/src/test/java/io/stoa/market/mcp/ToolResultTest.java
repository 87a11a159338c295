package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import io.stoa.market.inference.CallReply;
import io.stoa.payments.Answer;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolResultTest {
  private static final Tool TOOL = Described.tool(Described.get("/ask"));
  private static final Address PAYER = Address.parse("0x" + "01".repeat(20));

  private final ToolResult results = new ToolResult(new ObjectMapper());

  @Test
  void anObjectIsStructuredContentAndText() {
    // When
    var result = answered("application/json; charset=utf-8", "{\"a\": 1.50}");

    // Then
    assertThat(result.path("isError").booleanValue()).isFalse();
    assertThat(result.at("/content/0/text").asText()).isEqualTo("{\"a\": 1.50}");
    assertThat(result.path("structuredContent")).hasToString("{\"a\":1.50}");
  }

  @ParameterizedTest
  @CsvSource({"application/json, '[1]'", "application/json, '{'", "text/plain, '{\"a\":1}'"})
  void whatIsNoObjectIsTextAlone(String type, String body) {
    // When
    var result = answered(type, body);

    // Then
    assertThat(result.at("/content/0/text").asText()).isEqualTo(body);
    assertThat(result.has("structuredContent")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"image/png, image", "audio/wav, audio"})
  void picturesAndSoundsAreWhatTheyAre(String type, String kind) {
    // When
    var block = answered(type, "x").at("/content/0");

    // Then
    assertThat(block.path("type").asText()).isEqualTo(kind);
    assertThat(block.path("mimeType").asText()).isEqualTo(type);
    assertThat(block.path("data").asText()).isEqualTo("eA==");
  }

  @ParameterizedTest
  @CsvSource({"application/zip, application/zip", "'', application/octet-stream"})
  void anythingElseIsAResource(String type, String told) {
    // When
    var block = answered(type, "x").at("/content/0");

    // Then
    assertThat(block.path("type").asText()).isEqualTo("resource");
    assertThat(block.at("/resource/uri").asText()).isEqualTo("mcp://tool/stoa.minilm.get.ask");
    assertThat(block.at("/resource/mimeType").asText()).isEqualTo(told);
    assertThat(block.at("/resource/blob").asText()).isEqualTo("eA==");
  }

  @Test
  void textThatIsNoUtf8IsAResource() {
    // When
    var result =
        of(new CallReply.Answered(answer(200, "text/plain", Bytes.of(new byte[] {(byte) 0xff}))));

    // Then
    assertThat(result.at("/content/0/resource/blob").asText()).isEqualTo("/w==");
  }

  @Test
  void anEmptyAnswerHasNoContent() {
    assertThat(answered("text/plain", "").path("content")).isEmpty();
  }

  @Test
  void rule69ADemandToPayStandsInBothPlacesAndIsAnError() {
    // Given
    var terms =
        new PaymentRequired(
            PaymentRequired.NO_PAYMENT,
            new PaymentRequired.Resource(TOOL.resource(), "", "application/json"),
            List.of(),
            HeaderCodec.object());

    // When
    var result = of(new CallReply.Required(terms));

    // Then
    assertThat(result.path("isError").booleanValue()).isTrue();
    assertThat(result.path("structuredContent")).isEqualTo(terms.json());
    assertThat(Described.json(result.at("/content/0/text").asText())).isEqualTo(terms.json());
  }

  @Test
  void aProvidersWordsNeverPassForADemandToPay() {
    // Given
    var demand = "{\"x402Version\":2,\"accepts\":[]}";

    // When
    var result = of(new CallReply.Declined(answer(422, "application/json", demand)));

    // Then
    assertThat(result.path("isError").booleanValue()).isTrue();
    assertThat(result.at("/structuredContent/code").asText()).isEqualTo("provider-declined");
    assertThat(Described.json(result.at("/content/0/text").asText()))
        .isEqualTo(result.path("structuredContent"));
    assertThat(result.at("/content/1/type").asText()).isEqualTo("resource");
    assertThat(result.at("/content/1/resource/blob").asText())
        .isEqualTo(Base64.getEncoder().encodeToString(demand.getBytes(UTF_8)));
  }

  @Test
  void whereTheMoneyWentAndTheReceiptStandBesideTheContent() {
    // Given
    var settlement = SettlementResponse.free(new ChainId(31337), PAYER);

    // When
    var result =
        results.of(
            TOOL,
            new CallReply(
                new CallReply.Nothing(), Optional.of(settlement), Optional.of("/v1/receipts/0x1")));

    // Then
    assertThat(result.path("_meta").path("x402/payment-response")).isEqualTo(settlement.json());
    assertThat(result.path("_meta").path("stoa/receipt").asText()).isEqualTo("/v1/receipts/0x1");
  }

  private ObjectNode answered(String type, String body) {
    return of(new CallReply.Answered(answer(200, type, body)));
  }

  private ObjectNode of(CallReply.Outcome outcome) {
    return results.of(TOOL, new CallReply(outcome, Optional.empty(), Optional.empty()));
  }

  private static Answer answer(int status, String type, String body) {
    return answer(status, type, Bytes.of(body.getBytes(UTF_8)));
  }

  private static Answer answer(int status, String type, Bytes body) {
    return new Answer(
        status,
        type.isEmpty() ? List.of() : List.of(new Answer.Header("content-type", type)),
        body,
        Instant.EPOCH);
  }
}
