package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.ChainId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInWithXTest {
  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01.987Z");

  private final SignInWithX here =
      new SignInWithX(
          URI.create("https://M.example:443/"),
          List.of(new ChainId(31337), new ChainId(8453)),
          Optional.of("Sign in to use what you paid for."));

  @Test
  void a402ChallengesWalletsOfTheseChains() {
    // When
    var part = here.challenge("/v1/infer", NOW);

    // Then
    var info = (ObjectNode) part.get("info");
    assertThat(info.remove("nonce").textValue()).matches("[0-9a-f]{32}");
    assertThat(info)
        .isEqualTo(
            Example.object(
                """
                {'domain':'m.example','uri':'https://m.example/v1/infer','version':'1',
                 'statement':'Sign in to use what you paid for.',
                 'resources':['https://m.example/v1/infer'],
                 'issuedAt':'2026-05-04T03:02:01Z','expirationTime':'2026-05-04T03:07:01Z'}
                """));
    assertThat(part.get("supportedChains").toString().replace('"', '\''))
        .isEqualTo(
            "[{'chainId':'eip155:31337','type':'eip191'},"
                + "{'chainId':'eip155:8453','type':'eip191'}]");
    assertThat(part.at("/schema/required")).hasSize(9);
  }

  @Test
  void noNonceIsGivenTwice() {
    assertThat(here.challenge("/v1/infer", NOW).at("/info/nonce"))
        .isNotEqualTo(here.challenge("/v1/infer", NOW).at("/info/nonce"));
  }

  @Test
  void rule21OnlyWhatStaysTheSameHasToBeEchoed() throws MalformedPayment {
    // Given
    var terms = Example.required().with(SignInWithX.KEY, here.terms("/v1/infer"));
    var seen = terms.with(SignInWithX.KEY, here.challenge("/v1/infer", NOW));
    var honest = Example.message();
    honest.set("extensions", seen.extensions().deepCopy());
    var changed = honest.deepCopy();
    Example.at(changed, "/extensions/sign-in-with-x/info").put("domain", "evil.example");

    // When, Then
    assertThat(terms.objection(PaymentPayload.read(Example.header(honest)))).isEmpty();
    assertThat(terms.objection(PaymentPayload.read(Example.header(changed))))
        .contains("extension_echo_mismatch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://m.example",
        "m.example",
        "https://m.example/path",
        "https://m.example/?q",
        "https://m.example#f",
        "https://user@m.example",
        "mailto:a@m.example"
      })
  void anOriginIsNothingMore(String origin) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SignInWithX(URI.create(origin), List.of(), Optional.empty()));
  }

  @Test
  void aStatementIsOneLine() {
    var origin = URI.create("https://m.example");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SignInWithX(origin, List.of(), Optional.of("two\nlines")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, localhost:8080, http://localhost:8080/x",
    "http://m.example:80, m.example, http://M.EXAMPLE/x",
    "https://m.example:8443, m.example:8443, https://m.example:8443/x"
  })
  void aPortIsNamedUnlessItIsTheSchemesOwn(String origin, String domain, String uri) {
    // When
    var there = new SignInWithX(URI.create(origin), List.of(), Optional.empty());

    // Then
    assertThat(there.terms("/x").at("/info/domain").textValue()).isEqualTo(domain);
    assertThat(there.isDomain(domain)).isTrue();
    assertThat(there.isOriginOf(URI.create(uri))).isTrue();
  }
}
