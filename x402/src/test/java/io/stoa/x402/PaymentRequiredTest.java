package io.stoa.x402;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PaymentRequiredTest {

  @Test
  void rule01TheHeaderIsBase64OfJsonWithTheNumber2AsVersion() throws IOException {
    // When
    var json = decoded(Example.required().header());

    // Then
    assertThat(json.get("x402Version").isInt()).isTrue();
    assertThat(json.get("x402Version").intValue()).isEqualTo(2);
    assertThat(json.get("error").textValue()).isEqualTo("Payment required");
  }

  @Test
  void rule02ItNamesTheResourceAndAtLeastOneWayToPay() throws IOException {
    // When
    var json = decoded(Example.required().header());

    // Then
    assertThat(json.at("/resource/url").textValue()).isEqualTo(Example.URL);
    assertThat(json.get("accepts")).hasSize(1);
  }

  @Test
  void rule03AmountsNetworksAndAddressesHaveTheFormOfTheProtocol() throws IOException {
    // When
    var option = decoded(Example.required().header()).at("/accepts/0");

    // Then
    assertThat(option.get("amount").textValue()).isEqualTo("1000");
    assertThat(option.get("network").textValue()).isEqualTo("eip155:31337");
    assertThat(option.get("asset").textValue())
        .isEqualTo("0x5fbdb2315678afecb367f032d93f642f64180aa3");
    assertThat(option.get("payTo").textValue())
        .isEqualTo("0x2000000000000000000000000000000000004020");
    assertThat(option.get("maxTimeoutSeconds").isInt()).isTrue();
    assertThat(option.get("extra")).isEqualTo(Example.object("{'name':'USD Coin','version':'2'}"));
  }

  @Test
  void aRefusalRepeatsTheTermsWithItsReason() throws IOException {
    // When
    var json = decoded(Example.required().because("extension_echo_mismatch").header());

    // Then
    assertThat(json.get("error").textValue()).isEqualTo("extension_echo_mismatch");
    assertThat(json.get("accepts")).isEqualTo(decoded(Example.required().header()).get("accepts"));
  }

  @Test
  void aBuyerReadsWhatAServerWrote() throws MalformedPayment {
    assertThat(PaymentRequired.read(Example.required().header())).isEqualTo(Example.required());
  }

  @Test
  void aBuyerSkipsOptionsOnNetworksItHasNoCodeFor() throws MalformedPayment {
    // Given
    var terms =
        Example.object("{'x402Version':2,'resource':{'url':'https://m.example/'},'error':null}");
    terms
        .putArray("accepts")
        .add(
            Example.object(
                "{'scheme':'exact','network':'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'}"))
        .add(7)
        .add(Example.offer().json());

    // When
    var read = PaymentRequired.read(Example.header(terms));

    // Then
    assertThat(read.accepts()).containsExactly(Example.offer());
  }

  @Test
  void aBuyerRefusesTermsOfAnotherVersionOrWithoutOptions() {
    var version1 = Example.header(Example.object("{'x402Version':1,'accepts':[]}"));
    var nothing = Example.header(Example.object("{'x402Version':2,'resource':{'url':'u'}}"));

    assertThatExceptionOfType(MalformedPayment.class)
        .isThrownBy(() -> PaymentRequired.read(version1));
    assertThatExceptionOfType(MalformedPayment.class)
        .isThrownBy(() -> PaymentRequired.read(nothing));
  }

  private static JsonNode decoded(String header) throws IOException {
    var json = new String(Base64.getDecoder().decode(header), UTF_8);
    return new ObjectMapper().readTree(json);
  }
}
