package io.stoa.cli.wallet;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.cli.CommandFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @TempDir Path directory;

  @Test
  void saysHowToGiveThePasswordWhereNobodyCanBeAsked() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> KeyFile.open(directory.resolve("my.json")))
        .withMessageContaining("STOA_KEY_PASSWORD");
  }
}
