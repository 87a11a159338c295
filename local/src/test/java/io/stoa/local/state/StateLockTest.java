package io.stoa.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  @TempDir Path directory;

  @Test
  void namesItsHolder() throws Exception {
    // Given
    var state = new StateDirectory(directory);

    // When
    try (var _ = StateLock.take(state)) {
      // Then
      assertThat(Files.readString(directory.resolve("lock")).strip())
          .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void isFreeAgainOnceItIsClosed() throws Exception {
    // Given
    var state = new StateDirectory(directory);
    StateLock.take(state).close();

    // When
    var again = StateLock.take(state);

    // Then
    again.close();
  }
}
