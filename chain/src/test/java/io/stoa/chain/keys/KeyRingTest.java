package io.stoa.chain.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
  @TempDir private Path folder;

  @Test
  void developmentKeysAreMadeOnceAndKept() {
    // Given
    var source = new KeySource.Development(folder.resolve("keys"));

    // When
    var first = KeyRing.open(source);
    var second = KeyRing.open(source);

    // Then
    assertThat(second).hasToString(first.toString());
    assertThat(second.origin().publicKey()).isEqualTo(first.origin().publicKey());
    assertThat(first.senders()).hasSize(1);
    assertThat(first.attester().address()).isNotEqualTo(first.authorizer().address());
  }

  @Test
  void senderKeysThatAreThereAreAllUsed() {
    // Given
    var one = Bytes32.of(BigInteger.ONE);
    var two = Bytes32.of(BigInteger.TWO);
    KeyFiles.writePlain(folder.resolve("sender-b.key"), two);
    KeyFiles.writePlain(folder.resolve("sender-a.key"), one);

    // When
    var ring = KeyRing.open(new KeySource.Development(folder));

    // Then
    assertThat(ring.senders().stream().map(SigningKey::address))
        .containsExactly(SigningKey.of(one).address(), SigningKey.of(two).address());
  }

  @Test
  void missingKeystoresAreNotMade() {
    // Given
    var source = new KeySource.Keystores(folder, new Password("p"));

    // Then
    assertThatThrownBy(() -> KeyRing.open(source))
        .isInstanceOf(KeyUnusable.class)
        .hasMessageContaining("sender-*.json");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void printsNoSecret() {
    // Given
    var secret = Bytes32.of(BigInteger.TWO);
    KeyFiles.writePlain(folder.resolve("sender-1.key"), secret);

    // When
    var text = KeyRing.open(new KeySource.Development(folder)).toString();

    // Then
    assertThat(text).contains("origin=***").doesNotContain(secret.toString().substring(2));
  }
}
