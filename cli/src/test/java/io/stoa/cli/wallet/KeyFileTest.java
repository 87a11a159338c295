package io.stoa.cli.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.chain.keys.KeyFiles;
import io.stoa.chain.keys.Password;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.endpoints.DevelopmentWallet;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final DevelopmentWallet BUYER = DevelopmentWallet.find("buyer-1").orElseThrow();

  @TempDir static Path directory;
  private static Path file;

  @BeforeAll
  static void write() {
    file = directory.resolve("my.json");
    KeyFiles.writeKeystore(file, BUYER.privateKey(), new Password("correct"));
  }

  @Test
  void isOpenedWithThePasswordInTheEnvironment() {
    // When
    var key = KeyFile.open(file, Map.of("STOA_KEY_PASSWORD", "correct"));

    // Then
    assertThat(key.address()).isEqualTo(BUYER.address());
  }

  @Test
  void saysThatThePasswordIsWrongWithoutShowingIt() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> KeyFile.open(file, Map.of("STOA_KEY_PASSWORD", "hunter2")))
        .withMessageContaining("my.json cannot be opened with this password")
        .withMessageNotContaining("hunter2");
  }

  @Test
  void saysHowToGiveThePasswordWhereNobodyCanBeAsked() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> KeyFile.open(file, Map.of()))
        .withMessageContaining("STOA_KEY_PASSWORD");
  }
}
