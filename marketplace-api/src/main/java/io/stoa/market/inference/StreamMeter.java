package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts an answer that is passed on as it comes. Until its provider reports otherwise, each event
 * with data of an event stream counts as a token written.
 */
final class StreamMeter {
  /** Longer ones hold no report worth looking for. */
  private static final int LONGEST_LINE = 1 << 16;

  private final boolean isEventStream;
  private final EnumMap<Unit, Long> reported = new EnumMap<>(Unit.class);
  private final MessageDigest digest;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final long start = System.nanoTime();
  private long bytes;
  private long events;

  /**
   * @param reported what the provider said before the first byte
   */
  StreamMeter(boolean isEventStream, Map<Unit, Long> reported) {
    this.isEventStream = isEventStream;
    this.reported.putAll(reported);
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void add(byte[] part) {
    digest.update(part);
    bytes += part.length;
    if (isEventStream) {
      for (byte next : part) {
        read(next);
      }
    }
  }

  /** Whether nothing came yet. */
  boolean isEmpty() {
    return bytes == 0;
  }

  /** What was passed on so far. */
  Usage usage() {
    var counts = counted();
    if (isEventStream) {
      counts.putIfAbsent(Unit.OUTPUT_TOKEN, events);
    }
    return new Usage(counts);
  }

  /** The same without what is only reckoned. */
  Usage certainUsage() {
    return new Usage(counted());
  }

  /** Of what was passed on. To be asked once, at the end. */
  Bytes32 sha256() {
    return Bytes32.of(digest.digest());
  }

  private EnumMap<Unit, Long> counted() {
    var counts = new EnumMap<>(reported);
    counts.put(Unit.SECOND, Meter.begun(Duration.ofNanos(System.nanoTime() - start)));
    counts.put(Unit.BYTE, bytes);
    return counts;
  }

  private void read(byte next) {
    if (next != '\n' && next != '\r') {
      if (line.size() < LONGEST_LINE) {
        line.write(next);
      }
      return;
    }
    var text = line.toString(UTF_8);
    line.reset();
    if (text.startsWith("data:")) {
      data(text.substring("data:".length()).strip());
    }
  }

  private void data(String data) {
    if (data.isEmpty() || data.equals("[DONE]")) {
      return;
    }
    events++;
    if (data.contains("\"usage\"")) {
      reported.putAll(ReportedUsage.inBody(data.getBytes(UTF_8)));
    }
  }
}
