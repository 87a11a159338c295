package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoa.domain.channel.CallId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelHeadroomTest {
  private static final PaymentRequired OFFERED =
      Example.required().with(ChannelHeadroom.KEY, ChannelHeadroom.part());
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
    assertThat(ChannelHeadroom.read(OFFERED, payload("{" + ECHO + "," + NAME + "}")))
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
    assertThat(ChannelHeadroom.read(OFFERED, payload(extensions))).isEmpty();
  }

  /** Clients that know neither extension repeat both. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{" + ECHO + "}",
        "{" + ECHO + ",'payment-identifier':{'info':{'required':false}}}"
      })
  void rule49ABareEchoIsMeantLiterally(String extensions) throws MalformedPayment {
    assertThat(ChannelHeadroom.read(OFFERED, payload(extensions))).isEmpty();
  }

  @Test
  void rule49WhatWasNotAdvertisedIsNotGranted() throws MalformedPayment {
    assertThat(ChannelHeadroom.read(Example.required(), payload("{" + ECHO + "," + NAME + "}")))
        .isEmpty();
  }

  @Test
  void rule49WhoEchoesItWithANameInAnotherFormIsMalformed() throws MalformedPayment {
    // Given
    var payload = payload("{" + ECHO + ",'payment-identifier':{'info':{'id':'short'}}}");

    // When
    var malformed =
        catchThrowableOfType(MalformedPayment.class, () -> ChannelHeadroom.read(OFFERED, payload));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_payment_identifier");
    assertThat(malformed.pointer()).isEqualTo("/extensions/payment-identifier/info/id");
  }

  @Test
  void rule21AnotherVersionIsNoEcho() throws MalformedPayment {
    assertThat(OFFERED.objection(payload("{" + ECHO + "}"))).isEmpty();
    assertThat(OFFERED.objection(payload("{'channel-headroom':{'info':{'version':'2'}}}")))
        .contains("extension_echo_mismatch");
  }

  private static PaymentPayload payload(String extensions) throws MalformedPayment {
    var message = Example.message();
    message.set("extensions", Example.object(extensions));
    return PaymentPayload.read(Example.header(message));
  }
}
