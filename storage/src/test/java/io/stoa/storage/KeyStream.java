package io.stoa.storage;

import io.stoa.storage.unixfs.Blocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Content that anybody can make again: the ChaCha20 key stream (RFC 8439, nonce and counter zero)
 * under the SHA-256 of a seed. The fixtures of IPIP-499 and the npm script of this module use the
 * same.
 */
final class KeyStream extends InputStream {
  private final Cipher cipher;
  private final byte[] zeros = new byte[1 << 16];
  private long left;

  private KeyStream(String seed, long size) {
    left = size;
    try {
      var key = Blocks.sha256().digest(seed.getBytes(StandardCharsets.UTF_8));
      cipher = Cipher.getInstance("ChaCha20");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "ChaCha20"),
          new ChaCha20ParameterSpec(new byte[12], 0));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has ChaCha20", e);
    }
  }

  static InputStream of(String seed, long size) {
    return new KeyStream(seed, size);
  }

  static byte[] bytes(String seed, int size) {
    try (var stream = of(seed, size)) {
      return stream.readNBytes(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int read() {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (left == 0 && length > 0) {
      return -1;
    }
    int taken = (int) Math.min(Math.min(length, left), zeros.length);
    try {
      cipher.update(zeros, 0, taken, into, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    left -= taken;
    return taken;
  }
}
