package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.util.ArrayList;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  @Test
  void theTextIsWhatWalletsShow() throws MalformedPayment {
    assertThat(SignInExample.read(SignInExample.full()).text()).isEqualTo(SignInExample.FULL_TEXT);
    assertThat(SignInExample.read(SignInExample.bare()).text()).isEqualTo(SignInExample.BARE_TEXT);
  }

  @Test
  void theDigestIsWhatWalletsSign() throws MalformedPayment {
    assertThat(SignInExample.read(SignInExample.full()).digest())
        .hasToString("0x73c7939f8eba318239d8b8df16fdfc7b1497ffebd08d4db6a2b9c522aed9d8fa");
    assertThat(SignInExample.read(SignInExample.bare()).digest())
        .hasToString("0x0e1e63cd5ef210b825dc3f79184e5faf7017a73de8233de6706d3db11e497f75");
  }

  @Test
  void anAddressIsShownWithItsChecksumHoweverItIsWritten() throws MalformedPayment {
    // Given
    var lower = SignInExample.bare().put("address", "0x90f79bf6eb2c4f870365e785982e1f101e93b906");

    // When, Then
    assertThat(SignInExample.read(lower).text()).isEqualTo(SignInExample.BARE_TEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "domain",
        "address",
        "uri",
        "version",
        "chainId",
        "type",
        "nonce",
        "issuedAt",
        "signature"
      })
  void nothingThatIsRequiredMayBeMissing(String field) {
    // Given
    var message = SignInExample.full();
    message.remove(field);

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> SignInExample.read(message));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_siwx_header");
    assertThat(malformed.pointer()).isEqualTo("/" + field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "domain|\"m.example\\nURI: https://evil.example\"",
        "domain|\"\"",
        "domain|7",
        "address|\"0x90F79bf6EB2c4f870365E785982E1f101E93b9\"",
        "statement|\"two\\nlines\"",
        "statement|\"\"",
        "statement|\"gr\u00fc\u00dfe\"",
        "uri|\"https://m.example/\\u0000\"",
        "version|\"2\"",
        "version|1",
        "chainId|\"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp\"",
        "chainId|31337",
        "type|\"ed25519\"",
        "nonce|\"short77\"",
        "nonce|\"0123456789abcdef-0123456789abcde\"",
        "nonce|\"0123456789abcdef\\n\"",
        "issuedAt|\"yesterday\"",
        "issuedAt|\"2026-05-04T03:02:01\"",
        "issuedAt|1777863721",
        "expirationTime|\"\"",
        "expirationTime|\"2026-13-04T03:02:01Z\"",
        "notBefore|false",
        "requestId|\"a\\rb\"",
        "resources|[]",
        "resources|\"https://m.example/\"",
        "resources|[\"a\\nb\"]",
        "resources|[7]",
        "signature|\"0x0\"",
        "signature|{}"
      })
  void everyPartIsReadStrictly(String field, String value) {
    // Given
    var message = SignInExample.full();
    message.set(field, Example.object("{\"it\":" + value + "}").get("it"));

    // When
    var malformed = catchThrowableOfType(MalformedPayment.class, () -> SignInExample.read(message));

    // Then
    assertThat(malformed).isNotNull();
    assertThat(malformed.reason()).isEqualTo("invalid_siwx_header");
    assertThat(malformed.pointer()).isEqualTo("/" + field);
  }

  @RepeatedTest(value = 10, name = "seed {currentRepetition}")
  void whateverAStrangerSendsIsReadOrMalformed(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    var good = SignInExample.full().toString();
    var values = new String[] {"null", "[]", "{}", "0", "1e999", "\"\\ud800\"", "\"\"", "true"};
    var names = new ArrayList<String>();
    SignInExample.full().fieldNames().forEachRemaining(names::add);
    for (int i = 0; i < 200; i++) {
      var name = names.get(random.nextInt(names.size()));
      var value = values[random.nextInt(values.length)];
      present(
          Example.base64(
              good.replaceFirst(
                  "\"" + name + "\":(\"[^\"]*\"|\\[[^]]*])",
                  Matcher.quoteReplacement("\"" + name + "\":" + value))));
      present(Example.base64(good.substring(0, random.nextInt(good.length()))));
    }
    present("");
    present(HeaderCodec.encode(HeaderCodec.object()));
  }

  private static void present(String header) {
    try {
      assertThat(SignIn.read(header).text()).contains("wants you to sign in");
    } catch (MalformedPayment malformed) {
      assertThat(malformed.reason()).isEqualTo("invalid_siwx_header");
    }
  }
}
