package io.stoa.chain.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {
  private static final Bytes32 SECRET = Bytes32.parse("0x" + "0".repeat(60) + "beef");

  /** The PBKDF2 example of the Web3 Secret Storage Definition. */
  private static final String PUBLISHED =
      """
      {"crypto":{"cipher":"aes-128-ctr",
        "cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
        "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
        "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
      """;

  @TempDir private Path folder;

  @Test
  void aPlainFileIsForItsOwnerAlone() throws IOException {
    // Given
    var file = folder.resolve("sender-1.key");

    // When
    KeyFiles.writePlain(file, SECRET);

    // Then
    assertThat(KeyFiles.readPlain(file)).isEqualTo(SECRET);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aPlainFileThatOthersMayReadIsRefused() throws IOException {
    // Given
    var file = folder.resolve("sender-1.key");
    KeyFiles.writePlain(file, SECRET);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    // Then
    assertThatThrownBy(() -> KeyFiles.readPlain(file))
        .isInstanceOf(KeyUnusable.class)
        .hasMessageContaining("0600");
  }

  @Test
  void aKeyIsNeverWrittenOverAnother() {
    // Given
    var file = folder.resolve("sender-1.key");
    KeyFiles.writePlain(file, SECRET);

    // Then
    assertThatThrownBy(() -> KeyFiles.writePlain(file, Bytes32.ZERO))
        .isInstanceOf(KeyUnusable.class);
    assertThat(KeyFiles.readPlain(file)).isEqualTo(SECRET);
  }

  @Test
  void garbageIsNamedByItsFileAndNotShown() throws IOException {
    // Given
    var file = folder.resolve("sender-1.key");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "hunter2");

    // Then
    assertThatThrownBy(() -> KeyFiles.readPlain(file))
        .isInstanceOf(KeyUnusable.class)
        .hasMessageContaining("sender-1.key")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aKeystoreOpensWithItsPasswordOnly() {
    // Given
    var file = folder.resolve("attester.json");

    // When
    KeyFiles.writeKeystore(file, SECRET, new Password("right"));

    // Then
    assertThat(KeyFiles.readKeystore(file, new Password("right"))).isEqualTo(SECRET);
    assertThatThrownBy(() -> KeyFiles.readKeystore(file, new Password("wrong")))
        .isInstanceOf(KeyUnusable.class)
        .hasMessageNotContaining("wrong");
  }

  @Test
  void readsThePublishedExample() throws IOException {
    // Given
    var file = folder.resolve("published.json");
    Files.writeString(file, PUBLISHED);

    // Then
    assertThat(KeyFiles.readKeystore(file, new Password("testpassword")))
        .isEqualTo(
            Bytes32.parse("0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"));
  }

  @Test
  void aBrokenKeystoreIsNoKeystore() throws IOException {
    // Given
    var file = folder.resolve("broken.json");
    for (var content : new String[] {"", "{}", "[1]", PUBLISHED.replace("pbkdf2", "bcrypt")}) {
      Files.writeString(file, content);

      // Then
      assertThatThrownBy(() -> KeyFiles.readKeystore(file, new Password("testpassword")))
          .isInstanceOf(KeyUnusable.class);
    }
  }

  @Test
  void aPasswordIsNotPrinted() {
    assertThat(new Password("hunter2")).hasToString("***");
  }
}
