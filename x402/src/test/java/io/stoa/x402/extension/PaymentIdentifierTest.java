package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.CallId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentIdentifierTest {
  private static final String ID = "pay_7d5d747be160e280504c099d984bcfe0";

  @Test
  void a402SaysWhetherANameIsRequired() {
    assertThat(PaymentIdentifier.part(true).at("/info"))
        .isEqualTo(Example.object("{'required':true}"));
    assertThat(PaymentIdentifier.part(false))
        .isEqualTo(
            Example.object(
                """
                {'info':{'required':false},
                 'schema':{'$schema':'https://json-schema.org/draft/2020-12/schema',
                  'type':'object',
                  'properties':{'required':{'type':'boolean'},
                   'id':{'type':'string','minLength':16,'maxLength':128,
                    'pattern':'^[a-zA-Z0-9_-]+$'}},
                  'required':['required']}}
                """));
  }

  @ParameterizedTest
  @ValueSource(strings = {ID, "0123456789abcdef", "-_-_-_-_-_-_-_-_"})
  void rule66ANameIsRead(String id) throws MalformedPayment {
    var payload = payload("{'required':false,'id':'" + id + "'}");

    assertThat(PaymentIdentifier.read(payload)).contains(new CallId(id));
    assertThat(PaymentIdentifier.require(payload)).isEqualTo(new CallId(id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'required':false,'id':'fifteen_letters'}",
        "{'required':false,'id':'with a blank in it'}",
        "{'required':false,'id':'0123456789abcdef\\n'}",
        "{'required':false,'id':'0123456789abcdéf'}",
        "{'required':false,'id':''}",
        "{'required':false,'id':1234567890123456}",
        "{'required':false,'id':['0123456789abcdef']}"
      })
  void rule66AnInvalidNameIsMalformed(String info) throws MalformedPayment {
    // Given
    var payload = payload(info);

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> PaymentIdentifier.read(payload));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payment_identifier");
    assertThat(malformed.pointer()).isEqualTo("/extensions/payment-identifier/info/id");
  }

  @Test
  void rule66ANameOfOneHundredAndTwentyNineLettersIsTooLong() throws MalformedPayment {
    // Given
    var longest = payload("{'id':'" + "a".repeat(128) + "'}");
    var tooLong = payload("{'id':'" + "a".repeat(129) + "'}");

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> PaymentIdentifier.read(tooLong));

    // Then
    assertThat(PaymentIdentifier.read(longest)).isPresent();
    assertThat(malformed).isNotNull();
  }

  @Test
  void withoutTheExtensionOrWithItsBareEchoThereIsNone() throws MalformedPayment {
    assertThat(PaymentIdentifier.read(PaymentPayload.read(Example.header(Example.message()))))
        .isEmpty();
    assertThat(PaymentIdentifier.read(payload("{'required':false}"))).isEmpty();
    assertThat(PaymentIdentifier.read(payload("{'required':false,'id':null}"))).isEmpty();
  }

  @Test
  void rule66ARequiredNameThatIsMissingIsMalformed() throws MalformedPayment {
    // Given
    var echo = payload("{'required':true}");

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> PaymentIdentifier.require(echo));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payment_identifier");
    assertThat(malformed.pointer()).isEqualTo("/extensions/payment-identifier/info/id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'x'", "[]", "{}", "{'info':'x'}", "{'info':null}"})
  void anExtensionWithoutInfoIsMalformed(String extension) {
    // Given
    var message = Example.message();
    message.set("extensions", Example.object("{'payment-identifier':" + extension + "}"));

    // When
    var malformed =
        catchThrowableOfType(
            MalformedPayment.class,
            () -> PaymentIdentifier.read(PaymentPayload.read(Example.header(message))));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payment_identifier");
  }

  private static PaymentPayload payload(String info) throws MalformedPayment {
    ObjectNode message = Example.message();
    message.set("extensions", Example.object("{'payment-identifier':{'info':" + info + "}}"));
    return PaymentPayload.read(Example.header(message));
  }
}
