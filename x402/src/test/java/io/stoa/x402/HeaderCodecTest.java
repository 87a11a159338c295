package io.stoa.x402;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderCodecTest {

  @Test
  void anObjectThatIsFixedIsWrittenAsItWas() {
    // Given
    var object = Example.object("{'a':[1,{'b':'\u00fc\\n'}],'c':null}");
    var fixed = HeaderCodec.fixed(object);

    // When
    var header = HeaderCodec.encode(HeaderCodec.object().set("x", fixed));

    // Then
    assertThat(header).isEqualTo(HeaderCodec.encode(HeaderCodec.object().set("x", object)));
    assertThat(fixed).isEqualTo(object);
  }

  @Test
  void whatIsEncodedIsDecoded() throws MalformedPayment {
    var message = HeaderCodec.object().put("word", "naïve €");

    assertThat(HeaderCodec.decode(HeaderCodec.encode(message)).json()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "e30", // {} without padding
        "e3 0=",
        "e30=\n",
        "e30==",
        "-_8=", // base64url
        "eyJhIjo=", // truncated JSON
        "W10=", // []
        "bnVsbA==", // null
        "IngI", // a broken string
        "e30ge30=", // two objects
        "eyJhIjoxLCJhIjoyfQ==", // a member twice
        "eyJhIjpOYU59", // NaN
        "/////w==" // not UTF-8
      })
  void rule07WhatIsNoBase64JsonObjectIsMalformed(String header) {
    assertThatExceptionOfType(MalformedPayment.class)
        .isThrownBy(() -> HeaderCodec.decode(header))
        .satisfies(malformed -> assertThat(malformed.reason()).isEqualTo("invalid_payload"));
  }

  @Test
  void rule07JsonInAnotherEncodingThanUtf8IsMalformed() {
    var utf16 = Base64.getEncoder().encodeToString("{\"a\":\"b\"}".getBytes(UTF_16BE));

    assertThatExceptionOfType(MalformedPayment.class).isThrownBy(() -> HeaderCodec.decode(utf16));
  }

  @Test
  void rule10HeadersOf32KibibytesAreReadAndLongerThanTheLimitAreNot() throws MalformedPayment {
    // Given
    var atLeast = padded(32 * 1024);
    var tooLong = padded(HeaderCodec.MAX_LENGTH + 4);

    // When, Then
    assertThat(atLeast.length()).isGreaterThanOrEqualTo(32 * 1024);
    assertThat(HeaderCodec.decode(atLeast).json().has("filler")).isTrue();
    assertThatExceptionOfType(MalformedPayment.class).isThrownBy(() -> HeaderCodec.decode(tooLong));
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 4_000, 17_000})
  void rule11DeeplyNestedJsonIsMalformed(int levels) {
    var arrays = Example.base64("{\"a\":" + "[".repeat(levels) + "]".repeat(levels) + "}");

    assertThatExceptionOfType(MalformedPayment.class).isThrownBy(() -> HeaderCodec.decode(arrays));
  }

  @Test
  void rule11ObjectsNestedAsDeepAsExtensionsMayAreRead() throws MalformedPayment {
    var objects = Example.base64("{\"a\":".repeat(60) + "1" + "}".repeat(60));

    assertThat(HeaderCodec.decode(objects).json().has("a")).isTrue();
  }

  private static String padded(int length) {
    var header = HeaderCodec.encode(HeaderCodec.object().put("filler", ""));
    int filler = (length - header.length()) / 4 * 3 + 3;
    return HeaderCodec.encode(HeaderCodec.object().put("filler", "x".repeat(filler)));
  }
}
