package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.math.BigInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentBindingTest {
  private static final RequestDigest REQUEST =
      new RequestDigest("POST", "/x/stoa/demo?q=1", word(5));

  @Test
  void rule66TheSamePaymentWrittenAnewIsTheSame() throws MalformedPayment {
    // Given
    var reordered = Example.object("{}");
    var message = message();
    message.properties().stream()
        .sorted((one, other) -> other.getKey().compareTo(one.getKey()))
        .forEach(member -> reordered.set(member.getKey(), member.getValue()));

    // When
    var anew = PaymentPayload.read(Example.base64(reordered.toPrettyString()));

    // Then
    assertThat(reordered.toString()).isNotEqualTo(message.toString());
    assertThat(PaymentBinding.of(anew, REQUEST)).isEqualTo(binding(message));
  }

  @Test
  void rule22MembersNobodyReadsDoNotEnter() throws MalformedPayment {
    // Given
    var message = message().put("more", "of it");
    Example.at(message, "/resource").put("description", "another");

    // When, Then
    assertThat(binding(message)).isEqualTo(binding(message()));
  }

  static Stream<Consumer<ObjectNode>> changes() {
    return Stream.of(
        message -> Example.at(message, "/accepted").put("amount", "1001"),
        message -> Example.at(message, "/accepted/extra").put("more", 1),
        message -> Example.at(message, "/payload").put("signature", "0x"),
        message -> Example.at(message, "/payload").put("more", false),
        message -> Example.at(message, "/payload/authorization").put("value", 1000),
        message -> Example.at(message, "/resource").put("url", "https://m.example/v1/other"),
        message -> message.remove("resource"),
        message -> Example.at(message, "/extensions/one/info").put("id", "other"),
        message -> message.remove("extensions"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void rule66AnotherPaymentIsAnother(Consumer<ObjectNode> change) throws MalformedPayment {
    // Given
    var changed = message();

    // When
    change.accept(changed);

    // Then
    assertThat(binding(changed)).isNotEqualTo(binding(message()));
  }

  @Test
  void rule66TheSamePaymentForAnotherRequestIsAnother() throws MalformedPayment {
    // Given
    var payload = PaymentPayload.read(Example.header(message()));

    // When
    var bindings =
        Stream.of(
                REQUEST,
                new RequestDigest("PUT", REQUEST.target(), REQUEST.bodySha256()),
                new RequestDigest("POST", "/x/stoa/demo?q=2", REQUEST.bodySha256()),
                new RequestDigest("POST", REQUEST.target(), word(6)))
            .map(request -> PaymentBinding.of(payload, request));

    // Then
    assertThat(bindings).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'\\ud800'", "'\\udc00\\ud800'", "1e999", "-1e999", "'é\\u0000€😀'"})
  void whateverCanBeReadCanBeBound(String value) throws MalformedPayment {
    // Given
    var message = message().toString().replace("\"one-call\"", value.replace('\'', '"'));

    // When
    var bound = PaymentBinding.of(PaymentPayload.read(Example.base64(message)), REQUEST);

    // Then
    assertThat(bound).isNotEqualTo(binding(message()));
  }

  @Test
  void valuesThatOnlyLookAlikeAreDifferent() {
    assertThat(
            Stream.of("'\\ud800'", "'?'", "'\\ufffd'", "'\\\\ud800'", "1e999", "'Infinity'", "1")
                .map(
                    value -> message().toString().replace("\"one-call\"", value.replace('\'', '"')))
                .map(PaymentBindingTest::bindingOf))
        .doesNotHaveDuplicates();
  }

  private static ObjectNode message() {
    var message = Example.message();
    message.set("extensions", Example.object("{'one':{'info':{'id':'one-call'}}}"));
    return message;
  }

  private static Bytes32 binding(ObjectNode message) throws MalformedPayment {
    return PaymentBinding.of(PaymentPayload.read(Example.header(message)), REQUEST);
  }

  private static Bytes32 bindingOf(String message) {
    try {
      return PaymentBinding.of(PaymentPayload.read(Example.base64(message)), REQUEST);
    } catch (MalformedPayment malformed) {
      throw new IllegalArgumentException(malformed);
    }
  }

  private static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }
}
