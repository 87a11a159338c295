package io.stoa.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path directory;

  @AfterEach
  void end() {
    find("mark").ifPresent(daemon -> daemon.stop(PATIENCE));
  }

  @Test
  void isFoundAgainByItsPidFile() {
    // Given
    var started = start("mark");

    // When
    var found = find("mark");

    // Then
    assertThat(found).map(Daemon::pid).contains(started.pid());
  }

  @Test
  void isNotTakenForAnotherProcessThatHasItsPid() {
    // Given
    start("mark");

    // When
    var found = find("another mark");

    // Then
    assertThat(found).isEmpty();
  }

  @Test
  void isInASessionOfItsOwnSoThatCtrlCDoesNotReachIt() throws Exception {
    // When
    var daemon = start("mark");

    // Then
    // pid (name) state parent group session, see proc(5)
    assertThat(Files.readString(Path.of("/proc/%d/stat".formatted(daemon.pid()))))
        .matches("(?s)[0-9]+ \\(.*\\) . [0-9]+ %1$d %1$d .*".formatted(daemon.pid()));
  }

  @Test
  void isGoneOnceStopped() {
    // Given
    var daemon = start("mark");

    // When
    daemon.stop(PATIENCE);

    // Then
    assertThat(daemon.isRunning()).isFalse();
    assertThat(find("mark")).isEmpty();
  }

  @Test
  void isNotFoundInAPidFileThatWasHalfWritten() throws Exception {
    // Given
    Files.writeString(directory.resolve("pid"), "");

    // When
    var found = find("mark");

    // Then
    assertThat(found).isEmpty();
  }

  private Daemon start(String mark) {
    return Daemon.start(
        "a sleeper",
        List.of("sh", "-c", "sleep 600; true", mark),
        Map.of(),
        mark,
        directory.resolve("log"),
        directory.resolve("pid"));
  }

  private java.util.Optional<Daemon> find(String mark) {
    return Daemon.find("a sleeper", mark, directory.resolve("pid"));
  }
}
