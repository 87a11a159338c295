package io.stoa.x402.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Verification.Valid;
import io.stoa.x402.exact.ExactEip3009;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class V1PaymentTest {

  @Test
  void rule70APaymentOfVersion1GoesOnAsIfItWereOfVersion2() throws MalformedPayment {
    // When
    var payload = read(V1Example.message(), V1Example.OFFER);

    // Then
    assertThat(V1Example.OFFER.admits(payload.accepted())).isTrue();
    assertThat(payload.resourceUrl()).isEmpty();
    var transfer = ExactEip3009.read(payload);
    assertThat(transfer).isEqualTo(V1Example.transfer());
    assertThat(
            ExactEip3009.verify(
                transfer, V1Example.OFFER, V1Example.DOMAIN, Example.NOW, Duration.ofSeconds(30)))
        .isInstanceOf(Valid.class);
  }

  @Test
  void theOptionIsFoundByWhatIsSigned() throws MalformedPayment {
    // Given
    var dearer = V1Example.offer("exact", 84532, 2000, V1Example.EXTRA);
    var elsewhere = V1Example.offer("exact", 8453, 1000, V1Example.EXTRA);
    var permit2 = V1Example.offer("exact", 84532, 1000, "{'assetTransferMethod':'permit2'}");

    // When, Then
    assertThat(read(V1Example.message(), permit2, elsewhere, dearer, V1Example.OFFER).accepted())
        .isEqualTo(V1Example.OFFER);
    assertThat(read(V1Example.message(), elsewhere, dearer).accepted()).isEqualTo(dearer);
  }

  @Test
  void aPaymentOnANetworkWhereNothingIsOfferedIsRefused() {
    // Given
    var elsewhere = V1Example.offer("exact", 8453, 1000, V1Example.EXTRA);

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> read(V1Example.message(), elsewhere));

    // Then
    assertThat(malformed.reason()).isEqualTo("invalid_payment_requirements");
    assertThat(malformed.pointer()).isEqualTo("/network");
  }

  @ParameterizedTest
  @CsvSource({
    "scheme,upto,unsupported_scheme",
    "network,eip155:84532,invalid_network",
    "network,solana,invalid_network",
    "payload,exact,invalid_payload"
  })
  void whatVersion1DoesNotKnowIsRefused(String field, String value, String reason) {
    // Given
    var message = V1Example.message().put(field, value);

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> read(message, V1Example.OFFER));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo(reason);
    assertThat(malformed.pointer()).isEqualTo("/" + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "\"1\"", "null", "1.0", "true"})
  void rule8AnyOtherVersionIsRefused(String version) {
    // Given
    var json = V1Example.message().toString();
    var other = json.replace("\"x402Version\":1", "\"x402Version\":" + version);

    // When
    var malformed =
        catchThrowableOfType(
            MalformedPayment.class,
            () -> V1Payment.read(Example.base64(other), List.of(V1Example.OFFER)));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_x402_version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheme", "network", "payload"})
  void rule9APaymentThatLacksAPartIsRefused(String part) {
    // Given
    var message = V1Example.message();
    message.remove(part);

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> read(message, V1Example.OFFER));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.pointer()).isEqualTo("/" + part);
  }

  private static PaymentPayload read(ObjectNode message, PaymentRequirements... offers)
      throws MalformedPayment {
    return V1Payment.read(Example.header(message), List.of(offers));
  }
}
