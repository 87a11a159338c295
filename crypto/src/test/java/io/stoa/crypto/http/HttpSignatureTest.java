package io.stoa.crypto.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.crypto.OriginKey;
import io.stoa.crypto.http.HttpSignature.Check;
import io.stoa.domain.Bytes32;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class HttpSignatureTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final OriginKey KEY = OriginKey.of(Bytes32.parse("0x" + "07".repeat(32)));
  private static final String KEY_ID = "did:web:node.example#origin";
  private static final RequestView REQUEST =
      RequestView.of("POST", "Model.example:8443", "/v1/embeddings", "a=b", "{}".getBytes(UTF_8));
  private static final HttpSignature SIGNED =
      HttpSignature.sign(REQUEST, KEY, KEY_ID, NOW, MINUTE, "n-1");

  @Test
  void theKeyOfTheStandardSignsAsTheStandardSays() {
    // Given: RFC 9421, appendices B.1.4 and B.2.6
    var pkcs8 =
        Base64.getDecoder()
            .decode("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF");
    var seed = Bytes32.of(Arrays.copyOfRange(pkcs8, pkcs8.length - 32, pkcs8.length));
    var base =
        """
        "date": Tue, 20 Apr 2021 02:07:55 GMT
        "@method": POST
        "@path": /foo
        "@authority": example.com
        "content-type": application/json
        "content-length": 18
        "@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519\"""";

    // When
    var signature = OriginKey.of(seed).sign(base.getBytes(US_ASCII));

    // Then
    assertThat(Base64.getEncoder().encodeToString(signature))
        .isEqualTo(
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
  }

  @Test
  void aSignedRequestIsRecognised() {
    assertThat(check(SIGNED, REQUEST, NOW.plusSeconds(59)))
        .isEqualTo(new Check.Passed(KEY_ID, "n-1"));
  }

  @Test
  void aChangedPartBreaksTheSignature() {
    for (var changed :
        new RequestView[] {
          RequestView.of(
              "GET", "model.example:8443", "/v1/embeddings", "a=b", "{}".getBytes(UTF_8)),
          RequestView.of("POST", "other.example", "/v1/embeddings", "a=b", "{}".getBytes(UTF_8)),
          RequestView.of("POST", "model.example:8443", "/v1/other", "a=b", "{}".getBytes(UTF_8)),
          RequestView.of("POST", "model.example:8443", "/v1/embeddings", "", "{}".getBytes(UTF_8)),
          RequestView.of(
              "POST", "model.example:8443", "/v1/embeddings", "a=b", "[]".getBytes(UTF_8))
        }) {
      assertThat(check(SIGNED, changed, NOW)).isInstanceOf(Check.Failed.class);
    }
  }

  @Test
  void aSignatureHasItsTime() {
    assertThat(check(SIGNED, REQUEST, NOW.plusSeconds(60))).isInstanceOf(Check.Failed.class);
    assertThat(check(SIGNED, REQUEST, NOW.minusSeconds(6))).isInstanceOf(Check.Failed.class);
  }

  @Test
  void aStrangersKeyAndAnotherFormAreRefused() {
    // Given
    var stranger =
        HttpSignature.sign(REQUEST, KEY, "did:web:evil.example#origin", NOW, MINUTE, "n-2");
    var fewerParts =
        new HttpSignature(
            SIGNED.contentDigest(),
            SIGNED.signatureInput().replace(" \"content-digest\"", ""),
            SIGNED.signature());

    // When, Then
    assertThat(check(stranger, REQUEST, NOW)).isInstanceOf(Check.Failed.class);
    assertThat(check(fewerParts, REQUEST, NOW)).isInstanceOf(Check.Failed.class);
  }

  @Test
  void anotherOrderOfComponentsAndParametersIsAsGood() {
    // Given
    var input =
        "(\"content-digest\" \"@query\" \"@path\" \"@authority\" \"@method\")"
            + ";nonce=\"n-3\";keyid=\"did:web:node.example#origin\";expires=1700000060;created=1700000000";
    var digest = REQUEST.contentDigest();
    var base =
        """
        "content-digest": %s
        "@query": ?a=b
        "@path": /v1/embeddings
        "@authority": model.example:8443
        "@method": POST
        "@signature-params": %s"""
            .formatted(digest, input);
    var bytes = Base64.getEncoder().encodeToString(KEY.sign(base.getBytes(US_ASCII)));

    // When
    var check =
        check(new HttpSignature(digest, "other=" + input, "other=:" + bytes + ":"), REQUEST, NOW);

    // Then
    assertThat(check).isEqualTo(new Check.Passed(KEY_ID, "n-3"));
  }

  @Test
  void aGoodSignatureOverLessThanTheWholeRequestIsRefused() {
    // Given
    var input =
        "(\"@method\" \"@authority\" \"@path\" \"content-digest\");created=1700000000"
            + ";expires=1700000060;keyid=\"did:web:node.example#origin\";nonce=\"n-5\"";
    var digest = REQUEST.contentDigest();
    var base =
        """
        "@method": POST
        "@authority": model.example:8443
        "@path": /v1/embeddings
        "content-digest": %s
        "@signature-params": %s"""
            .formatted(digest, input);
    var bytes = Base64.getEncoder().encodeToString(KEY.sign(base.getBytes(US_ASCII)));

    // When
    var check =
        check(new HttpSignature(digest, "stoa=" + input, "stoa=:" + bytes + ":"), REQUEST, NOW);

    // Then
    assertThat(check).isInstanceOf(Check.Failed.class);
  }

  @Test
  void aRequestForTheOriginItselfHasASlashAsItsPath() {
    assertThat(RequestView.of("GET", "m.example", "", "", new byte[0]).path()).isEqualTo("/");
  }

  @Test
  void theSignatureOfAProxyBesideItDoesNoHarm() {
    // Given
    var both =
        new HttpSignature(
            "sha-512=:AAAA:, " + SIGNED.contentDigest(),
            "proxy=(\"@method\");created=1;keyid=\"p\", " + SIGNED.signatureInput(),
            "proxy=:AAAA:, " + SIGNED.signature());
    var twoDigests =
        new HttpSignature(both.contentDigest(), SIGNED.signatureInput(), SIGNED.signature());
    var twoSignatures =
        new HttpSignature(SIGNED.contentDigest(), both.signatureInput(), both.signature());

    // When, Then
    assertThat(check(twoSignatures, REQUEST, NOW)).isInstanceOf(Check.Passed.class);
    assertThat(check(twoDigests, REQUEST, NOW))
        .as("the digest header is signed as it stands")
        .isInstanceOf(Check.Failed.class);
  }

  @Test
  void aSignatureThatIsGoodForTooLongIsRefused() {
    var longLived = HttpSignature.sign(REQUEST, KEY, KEY_ID, NOW, MINUTE.plusSeconds(1), "n-4");

    assertThat(check(longLived, REQUEST, NOW)).isInstanceOf(Check.Failed.class);
  }

  @RepeatedTest(value = 200, name = "seed {currentRepetition}")
  void damagedHeadersFailAndNeverThrow(RepetitionInfo run) {
    // Given
    var random = new Random(run.getCurrentRepetition());
    var damaged =
        new HttpSignature(
            damage(SIGNED.contentDigest(), random),
            damage(SIGNED.signatureInput(), random),
            damage(SIGNED.signature(), random));

    // When, Then
    assertThat(check(damaged, REQUEST, NOW)).isInstanceOf(Check.Failed.class);
  }

  @Test
  void whatIsNotASignatureAtAllFails() {
    for (var text : new String[] {"", "=", "stoa=", "stoa=(", "stoa=:", ",", "\"".repeat(50_000)}) {
      assertThat(check(new HttpSignature(SIGNED.contentDigest(), text, text), REQUEST, NOW))
          .isInstanceOf(Check.Failed.class);
    }
  }

  @Test
  void aRequestWithALineBreakInItIsNotSigned() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> RequestView.of("GET", "m.example", "/a\n\"@query\": ?b", "", new byte[0]));
  }

  private static String damage(String header, Random random) {
    var damaged = new StringBuilder(header);
    int at = random.nextInt(header.length());
    switch (random.nextInt(3)) {
      case 0 -> damaged.setCharAt(at, header.charAt(at) == '~' ? '!' : '~');
      case 1 -> damaged.setLength(at);
      default -> damaged.insert(at, "\u00e9\"");
    }
    return damaged.toString();
  }

  private static Check check(HttpSignature signature, RequestView request, Instant now) {
    return signature.verify(
        request,
        id -> id.equals(KEY_ID) ? Optional.of(KEY.publicKey()) : Optional.empty(),
        now,
        MINUTE);
  }
}
