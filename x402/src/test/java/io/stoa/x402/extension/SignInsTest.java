package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.signature.PayerSignature;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInsTest {
  private static final Instant NOW = SignInExample.ISSUED.plusSeconds(60);
  private static final SigningKey OTHER = SigningKey.of(Bytes32.of(BigInteger.TWO));
  private static final String NONCE = "0123456789abcdef0123456789abcdef";

  private final List<PayerSignature> asked = new ArrayList<>();
  private final Map<String, Instant> used = new HashMap<>();
  private boolean contractsAccept;

  private final SignIns signIns =
      new SignIns(
          new SignInWithX(
              URI.create("https://m.example"), List.of(new ChainId(31337)), Optional.empty()),
          (chain, signature) -> {
            asked.add(signature);
            return contractsAccept;
          },
          (nonce, until) -> used.putIfAbsent(nonce, until) == null);

  @Test
  void aWalletSignsIn() throws MalformedPayment {
    // When
    var objection = signIns.objection(SignInExample.read(SignInExample.full()), NOW);

    // Then
    assertThat(objection).isEmpty();
    assertThat(asked).isEmpty();
    assertThat(used).containsExactly(Map.entry(NONCE, SignInExample.ISSUED.plusSeconds(300)));
  }

  @Test
  void rule68AUsedNonceIsRefused() throws MalformedPayment {
    // Given
    var signIn = SignInExample.read(SignInExample.full());

    // When
    var first = signIns.objection(signIn, NOW);
    var second = signIns.objection(signIn, NOW);
    var another = signIns.objection(SignInExample.read(SignInExample.bare()), NOW);

    // Then
    assertThat(first).isEmpty();
    assertThat(second).contains("invalid_siwx_nonce");
    assertThat(another).contains("invalid_siwx_nonce");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "M.example", "m.example:443", "m.example.evil.example"})
  void rule68AWrongDomainIsRefused(String domain) throws MalformedPayment {
    var signIn = SignInExample.signed(message -> message.put("domain", domain));

    assertThat(signIns.objection(signIn, NOW)).contains("invalid_siwx_domain_mismatch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/v1/infer",
        "http://m.example/v1/infer",
        "https://m.example:8443/v1/infer",
        "https://m.example@evil.example/",
        "https://m.example.evil.example/",
        "//m.example/v1/infer",
        "/v1/infer",
        "mailto:m.example",
        "https:m.example",
        "no uri at all"
      })
  void rule68AWrongOriginIsRefused(String uri) throws MalformedPayment {
    var signIn = SignInExample.signed(message -> message.put("uri", uri));

    assertThat(signIns.objection(signIn, NOW)).contains("invalid_siwx_uri_mismatch");
  }

  @ParameterizedTest
  @CsvSource({"-1,invalid_siwx_issued_at_in_future", "300,invalid_siwx_issued_at_too_old"})
  void rule68ASignInOfTheFutureOrOfFiveMinutesAgoIsRefused(long age, String reason)
      throws MalformedPayment {
    // Given
    var signIn = SignInExample.read(SignInExample.bare());

    // When, Then
    assertThat(signIns.objection(signIn, SignInExample.ISSUED.plusSeconds(age))).contains(reason);
    assertThat(used).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 299})
  void aSignInCountsFromTheMomentItIsIssued(long age) throws MalformedPayment {
    var signIn = SignInExample.read(SignInExample.bare());

    assertThat(signIns.objection(signIn, SignInExample.ISSUED.plusSeconds(age))).isEmpty();
  }

  @Test
  void rule68AnExpiredSignInIsRefused() throws MalformedPayment {
    // Given
    var signIn =
        SignInExample.signed(message -> message.put("expirationTime", "2026-05-04T03:03:00Z"));

    // When, Then
    assertThat(signIns.objection(signIn, NOW)).contains("invalid_siwx_expired");
    assertThat(signIns.objection(signIn, NOW.minusSeconds(1))).isEmpty();
  }

  @Test
  void rule68ASignInForLaterIsRefused() throws MalformedPayment {
    // Given
    var signIn =
        SignInExample.signed(message -> message.put("notBefore", "2026-05-04T05:03:02+02:00"));

    // When, Then
    assertThat(signIns.objection(signIn, NOW)).contains("invalid_siwx_not_yet_valid");
    assertThat(signIns.objection(signIn, NOW.plusSeconds(1))).isEmpty();
  }

  @Test
  void anotherChainIsRefused() throws MalformedPayment {
    var signIn = SignInExample.signed(message -> message.put("chainId", "eip155:1"));

    assertThat(signIns.objection(signIn, NOW)).contains("invalid_siwx_unsupported_chain");
  }

  @Test
  void anotherKeyIsRefusedAndUsesNoNonceUp() throws MalformedPayment {
    // Given
    var forged = SignInExample.signed(OTHER, message -> {});

    // When
    var objection = signIns.objection(forged, NOW);

    // Then
    assertThat(objection).contains("invalid_siwx_signature");
    assertThat(used).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "statement,Something else.",
    "uri,https://m.example/v1/other",
    "nonce,0123456789abcdef0123456789abcdee",
    "issuedAt,2026-05-04T03:02:01Z",
    "expirationTime,2026-05-04T03:07:02.000Z",
    "notBefore,2026-05-04T03:02:01Z",
    "requestId,req-8",
    "address,0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
  })
  void nothingThatWasSignedCanBeChanged(String field, String value) throws MalformedPayment {
    var changed = SignInExample.read(SignInExample.full().put(field, value));

    assertThat(signIns.objection(changed, NOW)).contains("invalid_siwx_signature");
  }

  @Test
  void rule28ALooseSignatureIsNoKeysSignature() throws MalformedPayment {
    // Given
    var good = SignInExample.full().get("signature").textValue();
    var loose = good.substring(0, good.length() - 2) + "01";

    // When
    var objection =
        signIns.objection(SignInExample.read(SignInExample.full().put("signature", loose)), NOW);

    // Then
    assertThat(objection).contains("invalid_siwx_signature");
  }

  @Test
  void aContractWalletIsAskedWhetherItSigned() throws MalformedPayment {
    // Given
    contractsAccept = true;
    var signIn = SignInExample.read(SignInExample.full().put("signature", "0x" + "ab".repeat(90)));

    // When
    var objection = signIns.objection(signIn, NOW);

    // Then
    assertThat(objection).isEmpty();
    assertThat(asked)
        .containsExactly(
            PayerSignature.of(Example.PAYER.address(), signIn.digest(), signIn.signature()));
  }
}
