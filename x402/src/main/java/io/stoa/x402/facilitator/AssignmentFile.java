package io.stoa.x402.facilitator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.PaymentKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Assignments in a file of one line each, for one process at a time: the line is on the disk before
 * the facilitator is asked. What nobody can settle any more is forgotten when it is opened.
 */
public final class AssignmentFile implements Assignments, AutoCloseable {
  private final FileChannel lock;
  private final FileChannel file;
  private final Map<PaymentId, Line> lines;
  private long end;

  /** The payment, who was given it, and until when that matters. */
  private record Line(PaymentId payment, URI facilitator, Instant until) {
    static Line parse(String text) {
      var parts = text.split(" ", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("not an assignment: " + text);
      }
      return new Line(
          PaymentId.parse(parts[0]),
          URI.create(parts[1]),
          Instant.ofEpochSecond(Long.parseLong(parts[2])));
    }

    ByteBuffer bytes() {
      var text = payment + " " + facilitator + " " + until.getEpochSecond() + "\n";
      return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
  }

  private AssignmentFile(FileChannel lock, FileChannel file, Map<PaymentId, Line> lines)
      throws IOException {
    this.lock = lock;
    this.file = file;
    this.lines = lines;
    for (var line : lines.values()) {
      append(line);
    }
  }

  /** Opens the file, or makes it. Fails while another process has it. */
  public static AssignmentFile open(Path path, Clock clock) {
    try {
      var lock = lock(sibling(path, ".lock"));
      var lines = read(path, clock.instant());
      var fresh = sibling(path, ".new");
      Files.deleteIfExists(fresh);
      var file = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      var assignments = new AssignmentFile(lock, file, lines);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return assignments;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isOurs(channel)) {
      channel.close();
      throw new IllegalStateException("already in use: " + path);
    }
    return channel;
  }

  private static boolean isOurs(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException oneOfThisProcess) {
      return false;
    }
  }

  /** A line that a crash cut off was never acted upon. */
  private static Map<PaymentId, Line> read(Path path, Instant now) throws IOException {
    Map<PaymentId, Line> lines = new HashMap<>();
    if (Files.exists(path)) {
      var text = Files.readString(path, US_ASCII);
      text.substring(0, text.lastIndexOf('\n') + 1)
          .lines()
          .map(Line::parse)
          .filter(line -> line.until.isAfter(now))
          .forEach(line -> lines.put(line.payment, line));
    }
    return lines;
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  @Override
  public synchronized URI assign(PaymentKey payment, URI facilitator, Instant until) {
    @Nullable Line known = lines.get(payment.id());
    if (known != null) {
      return known.facilitator;
    }
    var line = new Line(payment.id(), facilitator, until);
    try {
      append(line);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    lines.put(line.payment, line);
    return facilitator;
  }

  /** Half a line that stays behind after a failure is written over by the next. */
  private void append(Line line) throws IOException {
    var bytes = line.bytes();
    long at = end;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
    file.force(false);
    end = at;
  }

  @Override
  public void close() {
    try (lock) {
      file.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
