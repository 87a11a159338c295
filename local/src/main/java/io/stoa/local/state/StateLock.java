package io.stoa.local.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.local.process.Await;
import io.stoa.local.process.Daemon;
import io.stoa.local.process.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Held by the one program that starts, stops or watches the market of a state directory. The system
 * releases it when that program ends, however it ends.
 */
public final class StateLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final FileChannel file;

  private StateLock(FileChannel file) {
    this.file = file;
  }

  /**
   * @throws StartFailure when another program holds it, naming that program
   */
  public static StateLock take(StateDirectory state) {
    return tryTake(state)
        .orElseThrow(
            () ->
                new StartFailure(
                    "Process %s holds the lock of %s: it is starting, stopping or watching this market."
                        .formatted(holder(state), state.root())));
  }

  /** Takes it after asking a program that starts or watches the market to stop it and end. */
  public static StateLock takeOver(StateDirectory state) {
    return tryTake(state)
        .or(
            () -> {
              findWatcher(state).ifPresent(watcher -> watcher.stop(PATIENCE));
              return tryTake(state);
            })
        .orElseGet(() -> take(state));
  }

  private static Optional<Daemon> findWatcher(StateDirectory state) {
    var holder = holder(state);
    return holder.matches("[0-9]{1,18}")
        ? Daemon.find("the launcher", "local.jar up", Long.parseLong(holder))
        : Optional.empty();
  }

  private static Optional<StateLock> tryTake(StateDirectory state) {
    var path = path(state);
    try {
      var file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (file.tryLock() == null) {
        file.close();
        return Optional.empty();
      }
      file.truncate(0);
      file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(UTF_8)));
      return Optional.of(new StateLock(file));
    } catch (IOException e) {
      throw new StartFailure("Cannot lock " + path + ": " + e.getMessage() + ".", e);
    }
  }

  /** The pid of who has it, or had it last. */
  private static String holder(StateDirectory state) {
    // Its holder writes its pid right after taking it.
    Await.until(Duration.ofSeconds(1), () -> !read(state).isEmpty());
    return read(state);
  }

  private static String read(StateDirectory state) {
    try {
      return Files.readString(path(state)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static Path path(StateDirectory state) {
    return state.root().resolve("lock");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
