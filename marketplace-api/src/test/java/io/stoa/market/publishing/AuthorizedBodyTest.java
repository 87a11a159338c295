package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.persistence.account.Upload;
import io.stoa.testkit.market.SignedUpload;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class AuthorizedBodyTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final byte[] CONTENT = "what the wallet signed for".getBytes(UTF_8);

  @Test
  void readsTheAuthorizedBytesToTheirEnd() throws Exception {
    assertThat(body(CONTENT, NOW).readAllBytes()).isEqualTo(CONTENT);
  }

  @Test
  void failsBeforeTheEndOfABodyThatIsShorterLongerOrOther() {
    assertRefused("body-cut-off", body("what".getBytes(UTF_8), NOW));
    assertRefused("body-too-long", body((new String(CONTENT, UTF_8) + "!").getBytes(UTF_8), NOW));
    var other = CONTENT.clone();
    other[0]++;
    assertRefused("body-hash-differs", body(other, NOW));
  }

  @Test
  void failsOnceItsTimeIsOver() {
    assertRefused("upload-too-slow", body(CONTENT, NOW.minusSeconds(1)));
  }

  private static void assertRefused(String code, InputStream body) {
    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(body::readAllBytes)
        .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static InputStream body(byte[] sent, Instant deadline) {
    var authorized =
        new Upload(Address.ZERO, Bytes32.ZERO, SignedUpload.sha256(CONTENT), CONTENT.length);
    return new AuthorizedBody(
        new ByteArrayInputStream(sent), authorized, Clock.fixed(NOW, ZoneOffset.UTC), deadline);
  }
}
