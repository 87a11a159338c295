package io.stoa.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path directory;

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    // Given
    var state = new StateDirectory(directory.resolve("state"));

    // When
    state.prepare();

    // Then
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.root())))
        .isEqualTo("rwx------");
  }

  @Test
  void forgetsTheMarketAndNothingElse() throws Exception {
    // Given
    var state = new StateDirectory(directory);
    state.prepare();
    Files.createDirectories(state.database().resolve("data"));
    Files.writeString(state.addressBook(), "{}");
    Files.writeString(directory.resolve("holiday.jpg"), "not ours");

    // When
    state.wipe();

    // Then
    assertThat(directory).isDirectoryNotContaining(path -> !path.endsWith("holiday.jpg"));
    assertThat(directory.resolve("holiday.jpg")).exists();
  }
}
