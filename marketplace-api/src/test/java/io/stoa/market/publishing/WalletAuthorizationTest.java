package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.testkit.market.SignedUpload;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalletAuthorizationTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final SigningKey WALLET = SigningKey.of(Bytes32.of(BigInteger.TWO));
  private static final SignedUpload GOOD =
      SignedUpload.of(WALLET, CHAIN, "content".getBytes(UTF_8))
          .expiring(NOW.plus(Duration.ofMinutes(10)));

  @Test
  void acceptsWhatTheUploaderSigned() {
    var authorization = WalletAuthorization.parse(GOOD.header());

    authorization.check(Secp256k1.fastest(), CHAIN, NOW);

    assertThat(authorization.upload().uploader()).isEqualTo(WALLET.address());
    assertThat(authorization.upload().size()).isEqualTo(7);
    assertThat(authorization.upload().sha256()).isEqualTo(GOOD.sha256());
    assertThat(authorization.upload().nonce()).isEqualTo(GOOD.nonce());
  }

  @Test
  void refusesAChangedField() {
    assertForbidden("authorization-invalid", GOOD.json().replace("\"7\"", "\"8\""));
    assertForbidden(
        "authorization-invalid",
        GOOD.json().replace(GOOD.sha256().toString(), Bytes32.ZERO.toString()));
    assertForbidden(
        "authorization-invalid",
        GOOD.json().replace(GOOD.nonce().toString(), Bytes32.ZERO.toString()));
    var other = SigningKey.of(Bytes32.of(BigInteger.TEN)).address();
    assertForbidden(
        "authorization-invalid",
        GOOD.json().replace(WALLET.address().toString(), other.toString()));
  }

  @Test
  void refusesWhatWasSignedForAnotherChain() {
    assertForbidden("authorization-invalid", GOOD.onChain(new ChainId(1)).json());
  }

  @Test
  void refusesWhatHasExpiredOrLivesTooLong() {
    assertForbidden("authorization-expired", GOOD.expiring(NOW).json());
    assertForbidden("authorization-too-long", GOOD.expiring(NOW.plusSeconds(601)).json());
  }

  @Test
  void asksForAnAuthorizationWhereThereIsNone() {
    assertThatExceptionOfType(MarketException.Forbidden.class)
        .isThrownBy(() -> WalletAuthorization.parse(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Bearer x", "Wallet", "Wallet ", "Wallet ?", "Wallet e30", "Wallet W10"})
  void namesTheHeaderThatCannotBeRead(String header) {
    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(() -> WalletAuthorization.parse(header))
        .satisfies(failure -> assertThat(failure.field()).isEqualTo("Authorization"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "07", "1e3", "", "9223372036854775808", " 7"})
  void refusesASizeThatIsNoPlainNumber(String size) {
    var json = GOOD.json().replace("\"size\":\"7\"", "\"size\":\"" + size + "\"");

    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(() -> WalletAuthorization.parse(SignedUpload.header(json)));
  }

  private static void assertForbidden(String code, String json) {
    assertThatExceptionOfType(MarketException.Forbidden.class)
        .isThrownBy(
            () ->
                WalletAuthorization.parse(SignedUpload.header(json))
                    .check(Secp256k1.fastest(), CHAIN, NOW))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
