package io.stoa.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {

  @Test
  void theEmptyRawBlockHasItsWellKnownName() throws Exception {
    // Given
    var sha256 = Bytes32.of(MessageDigest.getInstance("SHA-256").digest(new byte[0]));

    // When
    var cid = Cid.of(Cid.Codec.RAW, sha256);

    // Then
    assertThat(cid).hasToString("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
  }

  @RepeatedTest(value = 20, name = "seed {currentRepetition}")
  void aCidIsWhatItsTextAndItsBytesSay(RepetitionInfo run) {
    // Given
    var digest = new byte[32];
    new Random(run.getCurrentRepetition()).nextBytes(digest);

    for (var codec : Cid.Codec.values()) {
      // When
      var cid = Cid.of(codec, Bytes32.of(digest));

      // Then
      assertThat(Cid.parse(cid.toString())).isEqualTo(cid);
      assertThat(Cid.of(cid.toBytes())).isEqualTo(cid);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1",
        "Bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv",
        "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA"
      })
  void anotherSpellingIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cid.parse(text));
  }
}
