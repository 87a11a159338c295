package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import org.junit.jupiter.api.Test;

class ChannelHeadroomTest {
  private static final PaymentRequired OFFERED = ChannelExample.required();

  @Test
  void rule49WhoEchoesItAndNamesTheCallMeansIt() throws MalformedPayment {
    assertThat(rule(OFFERED, echo("call-0123456789abcdef"))).isEqualTo(CeilingRule.HEADROOM);
  }

  /** Clients that know neither extension repeat both. */
  @Test
  void rule49ABareEchoIsMeantLiterally() throws MalformedPayment {
    // Given
    var message = ChannelExample.pay();
    message.set("extensions", OFFERED.extensions());

    // When, Then
    assertThat(rule(OFFERED, message)).isEqualTo(CeilingRule.LITERAL);
  }

  @Test
  void rule49WithoutTheEchoTheRuleIsLiteral() throws MalformedPayment {
    // Given
    var message = echo("call-0123456789abcdef");
    Example.at(message, "/extensions").remove(ChannelHeadroom.EXTENSION);

    // When, Then
    assertThat(rule(OFFERED, message)).isEqualTo(CeilingRule.LITERAL);
    assertThat(rule(OFFERED, ChannelExample.pay())).isEqualTo(CeilingRule.LITERAL);
  }

  @Test
  void rule49WhatWasNotAdvertisedIsNotGranted() throws MalformedPayment {
    // Given
    var plain =
        new PaymentRequired(
            OFFERED.error(), OFFERED.resource(), OFFERED.accepts(), HeaderCodec.object());

    // When, Then
    assertThat(rule(plain, echo("call-0123456789abcdef"))).isEqualTo(CeilingRule.LITERAL);
  }

  @Test
  void aNameInAnotherFormIsMalformed() {
    // Given
    var message = echo("too short");

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> rule(OFFERED, message));

    // Then
    assertThat(malformed.pointer()).isEqualTo("/extensions/payment-identifier/info/id");
  }

  @Test
  void theEchoOfABuyerThatAddsItsNameIsNoOffence() throws MalformedPayment {
    var payment = PaymentPayload.read(Example.header(echo("call-0123456789abcdef")));

    assertThat(OFFERED.isEchoedBy(payment)).isTrue();
  }

  private static ObjectNode echo(String id) {
    var message = ChannelExample.pay();
    message.set("extensions", OFFERED.extensions().deepCopy());
    Example.at(message, "/extensions/payment-identifier/info").put("id", id);
    return message;
  }

  private static CeilingRule rule(PaymentRequired offered, ObjectNode message)
      throws MalformedPayment {
    return ChannelHeadroom.rule(offered, PaymentPayload.read(Example.header(message)));
  }
}
