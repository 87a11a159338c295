package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.Bytes;
import io.stoa.domain.payment.PaymentId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals answers for the time between settlement and delivery: AES-256-GCM under the node's key,
 * bound to the payment, so that neither a reader of the database nor a swapped row gets anything
 * out of it.
 */
public final class AnswerVault {
  private static final System.Logger LOG = System.getLogger(AnswerVault.class.getName());
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param key 256 bits of AES
   */
  public AnswerVault(SecretKey key) {
    this.key = key;
  }

  byte[] seal(PaymentId payment, Answer answer) {
    var nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    var content = write(answer);
    var kept = Arrays.copyOf(nonce, NONCE_LENGTH + content.length + TAG_BITS / 8);
    try {
      cipher(Cipher.ENCRYPT_MODE, payment, nonce)
          .doFinal(content, 0, content.length, kept, NONCE_LENGTH);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
    return kept;
  }

  /** Empty when the kept bytes are not this payment's, or the key changed since. */
  Optional<Answer> open(PaymentId payment, byte[] kept) {
    try {
      var nonce = Arrays.copyOf(kept, NONCE_LENGTH);
      return Optional.of(
          read(
              cipher(Cipher.DECRYPT_MODE, payment, nonce)
                  .doFinal(kept, NONCE_LENGTH, kept.length - NONCE_LENGTH)));
    } catch (GeneralSecurityException | IllegalArgumentException foreign) {
      LOG.log(WARNING, "answer cannot be opened with this node's key: payment " + payment);
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, PaymentId payment, byte[] nonce) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(payment.value().toBytes());
    return cipher;
  }

  private static byte[] write(Answer answer) {
    var bytes = new ByteArrayOutputStream(answer.body().size() + 256);
    try (var out = new DataOutputStream(bytes)) {
      out.writeLong(answer.at().getEpochSecond());
      out.writeShort(answer.status());
      out.writeShort(answer.headers().size());
      for (var header : answer.headers()) {
        out.writeUTF(header.name());
        out.writeUTF(header.value());
      }
      out.write(answer.body().toBytes());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static Answer read(byte[] content) {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      var at = Instant.ofEpochSecond(in.readLong());
      int status = in.readUnsignedShort();
      int count = in.readUnsignedShort();
      var headers = new ArrayList<Answer.Header>(count);
      for (int i = 0; i < count; i++) {
        headers.add(new Answer.Header(in.readUTF(), in.readUTF()));
      }
      return new Answer(status, headers, Bytes.wrap(in.readAllBytes()), at);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
