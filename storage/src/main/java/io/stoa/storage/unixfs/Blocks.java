package io.stoa.storage.unixfs;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names blocks by their content. */
public final class Blocks {
  private Blocks() {}

  public static Cid cidOf(Cid.Codec codec, byte[] block) {
    return cidOf(codec, block, block.length);
  }

  /** Names the first {@code length} bytes. */
  public static Cid cidOf(Cid.Codec codec, byte[] buffer, int length) {
    var digest = sha256();
    digest.update(buffer, 0, length);
    return Cid.of(codec, Bytes32.of(digest.digest()));
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
