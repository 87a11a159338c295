package io.stoa.market.publishing;

import io.stoa.domain.Bytes32;
import io.stoa.domain.MarketException;
import io.stoa.persistence.account.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;

/**
 * A request body that must be the authorized one. It fails before its end is reported if it is not:
 * who reads it to the end has the right bytes.
 */
final class AuthorizedBody extends InputStream {
  private final InputStream body;
  private final Upload authorized;
  private final Clock clock;
  private final Instant deadline;
  private final MessageDigest sha256;
  private long received;
  private boolean isChecked;

  AuthorizedBody(InputStream body, Upload authorized, Clock clock, Instant deadline) {
    this.body = body;
    this.authorized = authorized;
    this.clock = clock;
    this.deadline = deadline;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public int read() {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (clock.instant().isAfter(deadline)) {
      throw mismatch("upload-too-slow", "The upload took too long.");
    }
    int count = readBody(buffer, offset, length);
    if (count < 0) {
      checkOnce();
      return -1;
    }
    sha256.update(buffer, offset, count);
    received += count;
    if (received > authorized.size()) {
      throw mismatch("body-too-long", "The body is longer than its authorization says.");
    }
    return count;
  }

  private int readBody(byte[] buffer, int offset, int length) {
    try {
      return body.read(buffer, offset, length);
    } catch (IOException cut) {
      throw mismatch("body-cut-off", "The body ended early; nothing of it was stored.");
    }
  }

  private void checkOnce() {
    if (isChecked) {
      return;
    }
    if (received < authorized.size()) {
      throw mismatch("body-cut-off", "The body is shorter than its authorization says.");
    }
    if (!Bytes32.of(sha256.digest()).equals(authorized.sha256())) {
      throw mismatch("body-hash-differs", "The body's SHA-256 is not the authorized one.");
    }
    isChecked = true;
  }

  private static MarketException.Malformed mismatch(String code, String message) {
    return new MarketException.Malformed(code, null, message);
  }
}
