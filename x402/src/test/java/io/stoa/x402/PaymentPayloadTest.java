package io.stoa.x402;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.exact.ExactEip3009;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentPayloadTest {

  @ParameterizedTest
  @ValueSource(strings = {"'2'", "null", "1", "3", "2.0", "true", "[2]", "2e0", "4294967298"})
  void rule08AnyVersionButTheNumber2IsRefused(String version) {
    // Given
    var message = Example.message();
    message.set("x402Version", Example.object("{'v':" + version + "}").get("v"));

    // When
    var malformed = malformed(message);

    // Then
    assertThat(malformed.reason()).isEqualTo("invalid_x402_version");
    assertThat(malformed.pointer()).isEqualTo("/x402Version");
  }

  @Test
  void rule08AnAbsentVersionIsRefused() {
    assertThat(malformed(Example.message().without("x402Version")).reason())
        .isEqualTo("invalid_x402_version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"accepted", "payload"})
  void rule09WhatMustBeThereMustBeAnObject(String name) {
    for (var value : new String[] {"null", "[]", "'{}'", "1", "true"}) {
      var message = Example.message();
      message.set(name, Example.object("{'v':" + value + "}").get("v"));
      assertThat(malformed(message).pointer()).isEqualTo("/" + name);
    }
    assertThat(malformed(Example.message().without(name)).pointer()).isEqualTo("/" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheme", "network", "amount", "asset", "payTo", "maxTimeoutSeconds"})
  void rule09TheChosenOptionMustBeWhole(String field) {
    // Given
    var absent = Example.message();
    Example.at(absent, "/accepted").remove(field);
    var mistyped = Example.message();
    Example.at(mistyped, "/accepted").putArray(field);

    // When, Then
    assertThat(malformed(absent).pointer()).isEqualTo("/accepted/" + field);
    assertThat(malformed(mistyped).pointer()).isEqualTo("/accepted/" + field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"from", "to", "value", "validAfter", "validBefore", "nonce"})
  void rule09TheAuthorizationMustBeWhole(String field) {
    // Given
    var absent = Example.message();
    Example.at(absent, "/payload/authorization").remove(field);

    // When, Then
    assertThat(malformed(absent).pointer()).isEqualTo("/payload/authorization/" + field);
  }

  @Test
  void rule22UnknownFieldsAndUnknownExtensionsAreIgnored() throws MalformedPayment {
    // Given
    var message = Example.message().put("future", 1);
    Example.at(message, "/accepted").put("future", 2);
    Example.at(message, "/payload").putObject("future");
    Example.at(message, "/payload/authorization").put("future", "3");
    message.putObject("extensions").put("unheard-of", 4);

    // When
    var payload = PaymentPayload.read(Example.header(message));

    // Then
    assertThat(ExactEip3009.read(payload)).isEqualTo(Example.transfer());
    assertThat(Example.required().objection(payload)).isEmpty();
  }

  @Test
  void whatIsOptionalMayBeAbsentOrNull() throws MalformedPayment {
    // Given
    var message = Example.message().without("resource");
    Example.at((ObjectNode) message, "/accepted").putNull("extra");
    ((ObjectNode) message).putNull("extensions");

    // When
    var payload = PaymentPayload.read(Example.header((ObjectNode) message));

    // Then
    assertThat(payload.resourceUrl()).isEmpty();
    assertThat(payload.extensions()).isEmpty();
    assertThat(payload.accepted().extra()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1000",
        "'0x3e8'",
        "'+1000'",
        "'-1000'",
        "'1e3'",
        "'1000.0'",
        "' 1000'",
        "'1000 '",
        "''",
        "'١٠٠٠'",
        "null",
        "true",
        "{}",
        "'115792089237316195423570985008687907853269984665640564039457584007913129639936'"
      })
  void rule29NumbersAreStringsOfDecimalDigitsWithinAUint256(String number) {
    var value = Example.object("{'v':" + number + "}").get("v");

    for (var field : new String[] {"value", "validAfter", "validBefore"}) {
      var message = Example.message();
      Example.at(message, "/payload/authorization").set(field, value);
      assertThat(malformed(message).pointer()).isEqualTo("/payload/authorization/" + field);
    }
    var message = Example.message();
    Example.at(message, "/accepted").set("amount", value);
    assertThat(malformed(message).pointer()).isEqualTo("/accepted/amount");
  }

  @Test
  void rule29TheLargestUint256IsRead() {
    var message = Example.message();
    Example.at(message, "/payload/authorization")
        .put(
            "validBefore",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935");

    assertThatCode(() -> ExactEip3009.read(PaymentPayload.read(Example.header(message))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33, 64})
  void rule30ANonceOfOtherThan32BytesIsRefused(int bytes) {
    var message = Example.message();
    Example.at(message, "/payload/authorization").put("nonce", "0x" + "11".repeat(bytes));

    assertThat(malformed(message).pointer()).isEqualTo("/payload/authorization/nonce");
  }

  @Test
  void rule16WhatIsSaidToTheSenderNamesNoClassAndRepeatsNothingItSent() {
    // Given
    var message = Example.message();
    Example.at(message, "/payload/authorization").put("from", "<script>alert(1)</script>");

    // When
    var malformed = malformed(message);

    // Then
    assertThat(malformed.getMessage())
        .isEqualTo("/payload/authorization/from is not an address of 0x and 40 hex digits.");
    assertThat(malformed.getStackTrace()).isEmpty();
  }

  private static MalformedPayment malformed(ObjectNode message) {
    var header = Example.header(message);
    return catchThrowableOfType(
        MalformedPayment.class, () -> ExactEip3009.read(PaymentPayload.read(header)));
  }
}
