package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelTermsTest {
  private static final ChannelTerms TERMS =
      new ChannelTerms(ChannelExample.AUTHORIZER, 900, Optional.of(BigInteger.valueOf(10_000)));

  @Test
  void anOptionSaysWhatItsChannelsMustBe() {
    assertThat(TERMS.extra(Example.DOMAIN))
        .isEqualTo(
            Example.object(
                """
                {'name':'USD Coin','version':'2',
                 'receiverAuthorizer':'0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
                 'withdrawDelay':900,'minDeposit':'10000'}
                """));
    assertThat(TERMS.permit2Extra(Example.DOMAIN).get("assetTransferMethod").textValue())
        .isEqualTo("permit2");
  }

  @Test
  void aPayerReadsWhatAServerWrote() throws MalformedPayment {
    // Given
    var plain = new ChannelTerms(ChannelExample.AUTHORIZER, 900, Optional.empty());

    // When, Then
    assertThat(ChannelTerms.read(ChannelExample.offer(TERMS.extra(Example.DOMAIN))))
        .isEqualTo(TERMS);
    assertThat(ChannelTerms.read(ChannelExample.offer(plain.extra(Example.DOMAIN))))
        .isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "receiverAuthorizer, null",
        "receiverAuthorizer, '0x0000000000000000000000000000000000000000'",
        "withdrawDelay, '900'",
        "withdrawDelay, 899",
        "withdrawDelay, 2592001",
        "minDeposit, 10000"
      })
  void termsOfChannelsThatCannotBeAreRefused(String field, String value) {
    // Given
    var extra = TERMS.extra(Example.DOMAIN);
    extra.set(field, Example.object("{'v':" + value + "}").get("v"));

    // When
    var malformed =
        catchThrowableOfType(
            MalformedPayment.class, () -> ChannelTerms.read(ChannelExample.offer(extra)));

    // Then
    assertThat(malformed.reason()).isEqualTo("invalid_payment_requirements");
    assertThat(malformed.pointer()).isIn("/extra", "/extra/" + field);
  }
}
