package io.stoa.payments;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * What a provider answered, whole: kept before anything is charged, and given again to the one who
 * paid for it.
 *
 * @param status 200 to 299
 */
public record Answer(int status, List<Header> headers, Bytes body) {
  public Answer {
    headers = List.copyOf(headers);
  }

  /** One header as it will be sent. */
  public record Header(String name, String value) {}

  public Bytes32 bodySha256() {
    return sha256(body.toBytes());
  }

  static Bytes32 sha256(byte[] content) {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
