package io.stoa.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process of its own session: neither the end of its starter nor Ctrl-C in its terminal reaches
 * it. It is found again by the pid recorded in a file, and only if its command line still carries
 * its mark, since pids are reused.
 */
public record Daemon(String name, ProcessHandle process) {

  /**
   * Starts {@code command} and records its pid.
   *
   * @param mark a part of the command line that no other process has, such as the path of its data
   * @param log everything it prints is appended here
   * @param pidFile replaced
   */
  public static Daemon start(
      String name,
      List<String> command,
      Map<String, String> environment,
      String mark,
      Path log,
      Path pidFile) {
    var line = new ArrayList<>(List.of("setsid"));
    line.addAll(command);
    if (!carries(String.join(" ", line), mark)) {
      throw new IllegalArgumentException("the mark is not on the command line: " + mark);
    }
    try {
      Files.createDirectories(log.getParent());
      Files.createDirectories(pidFile.getParent());
      var builder =
          new ProcessBuilder(line)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectErrorStream(true);
      builder.environment().putAll(environment);
      var process = builder.start();
      Files.writeString(pidFile, process.pid() + "\n");
      return new Daemon(name, process.toHandle());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process that an earlier {@link #start} recorded, if it still runs. */
  public static Optional<Daemon> find(String name, String mark, Path pidFile) {
    try {
      if (!Files.exists(pidFile)) {
        return Optional.empty();
      }
      return find(name, mark, Long.parseLong(Files.readString(pidFile).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NumberFormatException e) {
      return Optional.empty(); // half written when the machine stopped
    }
  }

  /** The process with this pid, if it runs and carries the mark. */
  public static Optional<Daemon> find(String name, String mark, long pid) {
    return ProcessHandle.of(pid)
        .map(process -> new Daemon(name, process))
        .filter(daemon -> daemon.isRunning() && carries(daemon.commandLine(), mark));
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Whether the process that was started or found still lives. Its command line is not asked: for a
   * moment after its start it is that of whoever starts it.
   */
  public boolean isRunning() {
    return process.isAlive();
  }

  /** Empty once it has ended. */
  public String commandLine() {
    return process.info().commandLine().orElse("");
  }

  /**
   * Asks it to stop and waits until it did, so that what it writes at its end is written.
   *
   * @throws StartFailure when it does not stop within {@code patience}
   */
  public void stop(Duration patience) {
    if (!isRunning()) {
      return;
    }
    process.destroy();
    awaitEnd(patience);
  }

  /** Waits for its end without asking for it. */
  public void awaitEnd(Duration patience) {
    // Not onExit: for processes of an earlier start it looks only every second or so.
    if (!Await.until(patience, () -> !process.isAlive())) {
      throw new StartFailure(
          "%s (process %d) does not stop; end it by hand and try again.".formatted(name, pid()));
    }
  }

  /** Completes when it ends. */
  public CompletableFuture<Daemon> onExit() {
    return process.onExit().thenApply(_ -> this);
  }

  private static boolean carries(String commandLine, String mark) {
    return commandLine.contains(mark);
  }
}
