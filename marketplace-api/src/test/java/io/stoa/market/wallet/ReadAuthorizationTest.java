package io.stoa.market.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.testkit.market.SignedRead;
import io.stoa.testkit.market.SignedUpload;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadAuthorizationTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final String URL = "https://market.example/v1/usage";
  private static final SigningKey WALLET = SigningKey.of(Bytes32.of(BigInteger.TWO));
  private static final SignedRead GOOD =
      SignedRead.of(WALLET, CHAIN, URL).expiring(NOW.plus(Duration.ofMinutes(10)));

  @Test
  void knowsTheReaderByItsSignature() {
    // When
    var authorization = ReadAuthorization.parse(GOOD.header());
    authorization.check(Secp256k1.fastest(), CHAIN, URL, NOW);

    // Then
    assertThat(authorization.reader()).isEqualTo(WALLET.address());
  }

  @Test
  void isGoodForOneUrlOfOneNode() {
    assertForbidden("authorization-invalid", GOOD.json(), URL + "/more");
    assertForbidden("authorization-invalid", GOOD.json(), "https://other.example/v1/usage");
  }

  @Test
  void isGoodForOneChain() {
    assertForbidden(
        "authorization-invalid",
        SignedRead.of(WALLET, new ChainId(1), URL).expiring(GOOD.expires()).json(),
        URL);
  }

  @Test
  void nobodyReadsInTheNameOfAnother() {
    var other = SigningKey.of(Bytes32.of(BigInteger.TEN)).address();
    assertForbidden(
        "authorization-invalid",
        GOOD.json().replace(WALLET.address().toString(), other.toString()),
        URL);
  }

  @Test
  void doesNotLastLong() {
    assertForbidden("authorization-expired", GOOD.expiring(NOW).json(), URL);
    assertForbidden("authorization-too-long", GOOD.expiring(NOW.plusSeconds(601)).json(), URL);
  }

  @Test
  void isAskedForWhereThereIsNone() {
    assertThatExceptionOfType(MarketException.Forbidden.class)
        .isThrownBy(() -> ReadAuthorization.parse(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer x", "Wallet ", "Wallet ?", "Wallet e30", "Wallet W10"})
  void namesTheHeaderThatCannotBeRead(String header) {
    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(() -> ReadAuthorization.parse(header))
        .satisfies(failure -> assertThat(failure.field()).isEqualTo("Authorization"));
  }

  @Test
  void anUploadsAuthorizationReadsNothing() {
    var upload = SignedUpload.of(WALLET, CHAIN, new byte[0]).header();

    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(() -> ReadAuthorization.parse(upload));
  }

  private static void assertForbidden(String code, String json, String url) {
    assertThatExceptionOfType(MarketException.Forbidden.class)
        .isThrownBy(
            () ->
                ReadAuthorization.parse(SignedUpload.header(json))
                    .check(Secp256k1.fastest(), CHAIN, url, NOW))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
