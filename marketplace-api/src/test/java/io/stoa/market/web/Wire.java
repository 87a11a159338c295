package io.stoa.market.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP connection, kept open as long as the server keeps it, for requests that no decent client
 * would send.
 */
public final class Wire implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final URI origin;
  private @Nullable Line line;

  public Wire(URI origin) {
    this.origin = origin;
  }

  private record Line(Socket socket, InputStream input) {
    static Line to(URI origin) throws IOException {
      var socket = new Socket(origin.getHost(), origin.getPort());
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.setTcpNoDelay(true);
      return new Line(socket, new BufferedInputStream(socket.getInputStream()));
    }
  }

  /**
   * @param headers by lower-case name
   */
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /**
   * Sends the bytes of these characters, one each, and waits for the whole answer. Fails with an
   * {@link EOFException} when the server closes the connection without one.
   */
  public Answer send(String request) throws IOException {
    var current = line == null ? Line.to(origin) : line;
    line = current;
    try {
      current.socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      var answer = read(current.input);
      if (answer.header("connection").equalsIgnoreCase("close")) {
        close();
      }
      return answer;
    } catch (IOException failure) {
      close();
      throw failure;
    }
  }

  /** Sends only the beginning of a request; {@link #send} goes on. */
  public void begin(String request) throws IOException {
    var current = line == null ? Line.to(origin) : line;
    line = current;
    current.socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  /** Whether the server leaves the connection alone for that long after its last answer. */
  boolean staysOpen(Duration pause) throws IOException {
    if (line == null) {
      return false;
    }
    line.socket.setSoTimeout(Math.toIntExact(pause.toMillis()));
    try {
      return line.input.read() >= 0;
    } catch (SocketTimeoutException silence) {
      return true;
    } finally {
      line.socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
    }
  }

  private static Answer read(InputStream input) throws IOException {
    var status = line(input).split(" ", 3);
    var headers = new HashMap<String, String>();
    for (var line = line(input); !line.isEmpty(); line = line(input)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int code = Integer.parseInt(status[1]);
    var length = headers.get("content-length");
    if (length == null && code != 204) {
      throw new IOException("an answer of no known length: " + code + " " + headers);
    }
    var body = length == null ? new byte[0] : input.readNBytes(Integer.parseInt(length));
    return new Answer(code, headers, new String(body, ISO_8859_1));
  }

  private static String line(InputStream input) throws IOException {
    var line = new StringBuilder();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0) {
        throw new EOFException("closed after \"" + line + "\"");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    if (line != null) {
      line.socket.close();
      line = null;
    }
  }
}
