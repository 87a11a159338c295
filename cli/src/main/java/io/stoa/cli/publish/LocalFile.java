package io.stoa.cli.publish;

import io.stoa.cli.CommandFailure;
import io.stoa.domain.Bytes32;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.LongConsumer;

/**
 * A file to be uploaded.
 *
 * @param size in bytes
 */
record LocalFile(Path path, long size, Bytes32 sha256) {

  /** Reads the whole file once. */
  static LocalFile read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new CommandFailure("There is no file " + path + ".");
    }
    try (var in = new DigestInputStream(Files.newInputStream(path), newDigest())) {
      long size = in.transferTo(java.io.OutputStream.nullOutputStream());
      return new LocalFile(path, size, Bytes32.of(in.getMessageDigest().digest()));
    } catch (IOException e) {
      throw new CommandFailure("Cannot read " + path + ".", e);
    }
  }

  String name() {
    return path.getFileName().toString();
  }

  /**
   * The content as the body of a request.
   *
   * @param progress is told each number of bytes that went out
   */
  BodyPublisher body(LongConsumer progress) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> new Counted(open(), progress)), size);
  }

  private InputStream open() {
    try {
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static final class Counted extends FilterInputStream {
    private final LongConsumer progress;

    Counted(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        progress.accept(1);
      }
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      if (count > 0) {
        progress.accept(count);
      }
      return count;
    }
  }
}
