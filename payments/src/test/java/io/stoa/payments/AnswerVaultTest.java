package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerVaultTest {
  private static final PaymentId PAYMENT = payment(1);
  private static final Answer ANSWER =
      new Answer(
          206,
          List.of(new Answer.Header("x-note", "grüße"), new Answer.Header("x-note", "")),
          Bytes.of(new byte[] {1, 2, 3}),
          Instant.parse("2026-01-01T12:00:00Z"));

  private final AnswerVault vault = vault(1);

  @Test
  void opensWhatItSealed() {
    assertThat(vault.open(PAYMENT, vault.seal(PAYMENT, ANSWER))).contains(ANSWER);
  }

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {0, 1, 15, 16, 17, 100_000})
  void givesEveryBodyBackToTheByte(int size) {
    // Given
    var body = new byte[size];
    new Random(size).nextBytes(body);
    var answer = new Answer(200, List.of(), Bytes.of(body), Instant.EPOCH);

    // When
    var opened = vault.open(PAYMENT, vault.seal(PAYMENT, answer)).orElseThrow();

    // Then
    assertThat(opened).isEqualTo(answer);
    assertThat(opened.bodySha256()).isEqualTo(answer.bodySha256());
  }

  @Test
  void anAnswerOfWhichAnyByteWasChangedCannotBeOpened() {
    // Given
    var sealed = vault.seal(PAYMENT, ANSWER);

    for (int i = 0; i < sealed.length; i++) {
      var tampered = sealed.clone();
      tampered[i] ^= 1;

      // Then
      assertThat(vault.open(PAYMENT, tampered)).as("byte %d", i).isEmpty();
    }
  }

  @Test
  void anAnswerThatWasCutOffCannotBeOpened() {
    // Given
    var sealed = vault.seal(PAYMENT, ANSWER);

    for (int length = 0; length < sealed.length; length++) {
      var cut = Arrays.copyOf(sealed, length);

      // Then
      assertThat(vault.open(PAYMENT, cut)).as("%d bytes", length).isEmpty();
    }
  }

  @Test
  void anAnswerOfAnotherPaymentCannotBeOpened() {
    // Given
    var sealed = vault.seal(payment(2), ANSWER);

    // Then
    assertThat(vault.open(PAYMENT, sealed)).isEmpty();
  }

  @Test
  void anAnswerSealedWithAnotherKeyCannotBeOpened() {
    // Given
    var sealed = vault(2).seal(PAYMENT, ANSWER);

    // Then
    assertThat(vault.open(PAYMENT, sealed)).isEmpty();
  }

  @Test
  void theSameAnswerNeverLooksTheSame() {
    assertThat(vault.seal(PAYMENT, ANSWER)).isNotEqualTo(vault.seal(PAYMENT, ANSWER));
  }

  private static AnswerVault vault(int key) {
    var bytes = new byte[32];
    bytes[0] = (byte) key;
    return new AnswerVault(new SecretKeySpec(bytes, "AES"));
  }

  private static PaymentId payment(long id) {
    return new PaymentId(Bytes32.of(BigInteger.valueOf(id)));
  }
}
