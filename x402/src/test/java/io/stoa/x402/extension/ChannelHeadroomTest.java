package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoa.domain.channel.CallId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelHeadroomTest {
  private static final String ECHO = "'channel-headroom':{'info':{'version':'1'}}";
  private static final String NAME = "'payment-identifier':{'info':{'id':'0123456789abcdef'}}";

  @Test
  void a402AdvertisesTheVersion() {
    assertThat(ChannelHeadroom.part())
        .isEqualTo(
            Example.object(
                """
                {'info':{'version':'1'},
                 'schema':{'$schema':'https://json-schema.org/draft/2020-12/schema',
                  'type':'object','properties':{'version':{'type':'string','const':'1'}},
                  'required':['version']}}
                """));
  }

  @Test
  void rule49WhoEchoesItNamesTheCall() throws MalformedPayment {
    assertThat(ChannelHeadroom.read(payload("{" + ECHO + "," + NAME + "}")))
        .contains(new CallId("0123456789abcdef"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{" + NAME + "}",
        "{" + NAME + ",'channel-headroom':null}",
        "{" + NAME + ",'channel-headroom':'1'}",
        "{" + NAME + ",'channel-headroom':{'version':'1'}}",
        "{" + NAME + ",'channel-headroom':{'info':{'version':1}}}",
        "{" + NAME + ",'channel-headroom':{'info':{'version':'2'}}}"
      })
  void rule49WithoutTheEchoTheRuleIsLiteral(String extensions) throws MalformedPayment {
    assertThat(ChannelHeadroom.read(payload(extensions))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{" + ECHO + "}",
        "{" + ECHO + ",'payment-identifier':{'info':{'required':false}}}",
        "{" + ECHO + ",'payment-identifier':{'info':{'id':'short'}}}"
      })
  void rule49WhoEchoesItWithoutANameIsMalformed(String extensions) throws MalformedPayment {
    // Given
    var payload = payload(extensions);

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> ChannelHeadroom.read(payload));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payment_identifier");
    assertThat(malformed.pointer()).isEqualTo("/extensions/payment-identifier/info/id");
  }

  @Test
  void rule21AnotherVersionIsNoEcho() throws MalformedPayment {
    // Given
    var terms = Example.required().with(ChannelHeadroom.KEY, ChannelHeadroom.part());

    // When, Then
    assertThat(terms.objection(payload("{" + ECHO + "}"))).isEmpty();
    assertThat(terms.objection(payload("{'channel-headroom':{'info':{'version':'2'}}}")))
        .contains("extension_echo_mismatch");
  }

  private static PaymentPayload payload(String extensions) throws MalformedPayment {
    var message = Example.message();
    message.set("extensions", Example.object(extensions));
    return PaymentPayload.read(Example.header(message));
  }
}
