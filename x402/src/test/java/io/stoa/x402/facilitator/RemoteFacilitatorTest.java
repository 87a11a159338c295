package io.stoa.x402.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.ChainId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.facilitator.FacilitatorFailure.Unanswered;
import io.stoa.x402.facilitator.FacilitatorFailure.Unavailable;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteFacilitatorTest {
  private final StubFacilitator stub = new StubFacilitator();

  @AfterEach
  void close() {
    stub.close();
  }

  @Test
  void asksWhatAFacilitatorReads() throws MalformedPayment {
    // Given
    stub.says(200, StubFacilitator.GOOD);

    // When
    var answer = stub.remote().verify(payment(), Example.offer());

    // Then
    assertThat(answer).isInstanceOf(VerifyResponse.Valid.class);
    var asked = stub.asked.getFirst();
    assertThat(asked).startsWith("/x402/verify Bearer secret {");
    var request = FacilitatorRequest.read(asked.substring(asked.indexOf('{')).getBytes(UTF_8));
    assertThat(request.requirements().admits(request.payment().accepted())).isTrue();
    assertThat(request.payment().resourceUrl()).contains(Example.URL);
  }

  @Test
  void anAnswerCountsWhateverItsStatus() throws MalformedPayment {
    stub.says(402, "{\"isValid\":false,\"invalidReason\":\"invalid_x\"}");

    assertThat(stub.remote().verify(payment(), Example.offer()))
        .isInstanceOfSatisfying(
            VerifyResponse.Invalid.class,
            invalid -> assertThat(invalid.reason()).isEqualTo("invalid_x"));
  }

  @Test
  void readsWhatIsSupported() {
    stub.says(
        200, "{\"kinds\":[{\"x402Version\":2,\"scheme\":\"exact\",\"network\":\"eip155:1\"}]}");

    assertThat(stub.remote().supported().find("exact", new ChainId(1))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "[]",
        "{}",
        "{\"isValid\":\"yes\"}",
        "{\"isValid\":true,\"payer\":{}}"
      })
  void rule15GarbageIsNoAnswer(String body) {
    stub.says(200, body);

    assertThatThrownBy(() -> stub.remote().verify(payment(), Example.offer()))
        .isInstanceOf(Unanswered.class);
  }

  @Test
  void anAnswerWithoutEndIsNotReadToItsEnd() {
    stub.says(200, "{\"isValid\":true,\"padding\":\"%s\"}".formatted("p".repeat(300_000)));

    assertThatThrownBy(() -> stub.remote().verify(payment(), Example.offer()))
        .isInstanceOf(Unanswered.class);
  }

  @Test
  void rule15SilenceEndsInTime() {
    stub.says(0, "");

    assertThatThrownBy(() -> stub.remote(Duration.ofMillis(200)).settle(payment(), Example.offer()))
        .isInstanceOf(Unanswered.class);
  }

  @ParameterizedTest
  @CsvSource({"302, true", "403, true", "429, true", "503, true", "500, false", "502, false"})
  void aRefusalAtTheDoorDidNothing(int status, boolean isNothing) {
    stub.says(status, "no", "Location", "http://127.0.0.1:1/");

    assertThatThrownBy(() -> stub.remote().settle(payment(), Example.offer()))
        .isInstanceOf(isNothing ? Unavailable.class : Unanswered.class);
  }

  @Test
  void whoIsNotThereWasNotAsked() {
    assertThatThrownBy(() -> StubFacilitator.nobody().settle(payment(), Example.offer()))
        .isInstanceOf(Unavailable.class);
  }

  @Test
  void rule42APendingSettlementIsAskedAboutOnceMore() throws MalformedPayment {
    // Given
    var pending =
        StubFacilitator.SETTLED.replace(
            "\"success\":true", "\"success\":false,\"errorReason\":\"settlement_pending\"");

    // When
    stub.says(200, pending).says(200, StubFacilitator.SETTLED);
    var settled = stub.remote().settle(payment(), Example.offer());
    stub.says(200, pending);
    stub.says(200, pending);
    stub.remote().settle(payment(), Example.offer());
    var still = stub.remote().settle(payment(), Example.offer());

    // Then
    assertThat(settled.success()).isTrue();
    assertThat(still.success()).isFalse();
    assertThat(still.transaction()).isPresent();
    assertThat(stub.asked.get(1)).isEqualTo(stub.asked.get(0));
  }

  @Test
  void aPendingSettlementWithoutATransactionIsNotAskedAboutAgain() throws MalformedPayment {
    // Given
    stub.says(
        200,
        "{\"success\":false,\"transaction\":\"\",\"network\":\"eip155:31337\",\"errorReason\":\"settlement_pending\"}");

    // When
    stub.remote().settle(payment(), Example.offer());

    // Then
    assertThat(stub.asked).hasSize(1);
  }

  @Test
  void aClientThatFollowsRedirectsIsNotUsed() {
    var follower = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new RemoteFacilitator(
                    follower,
                    URI.create("http://127.0.0.1:1"),
                    Optional.empty(),
                    Duration.ofSeconds(1)));
  }

  static PaymentPayload payment() throws MalformedPayment {
    return PaymentPayload.read(Example.header(Example.message()));
  }
}
