package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final SigningKey KEY = SigningKey.of(Bytes32.of(BigInteger.TEN));
  private static final byte[] GOOD = KEY.sign(Keccak.hash("message")).toBytes();

  @Test
  void rule28AnotherEncodingOfTheSameSignatureIsRefused() {
    // Given
    var s = new BigInteger(1, Arrays.copyOfRange(GOOD, 32, 64));
    var highS = GOOD.clone();
    System.arraycopy(Bytes32.of(N.subtract(s)).toBytes(), 0, highS, 32, 32);
    highS[64] = (byte) (55 - GOOD[64]);
    var oldV = GOOD.clone();
    oldV[64] = (byte) (GOOD[64] - 27);

    // When, Then
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.strict(highS));
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.strict(oldV));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Signature.strict(Arrays.copyOf(GOOD, 64)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Signature.strict(Arrays.copyOf(GOOD, 66)));
  }

  @Test
  void rule28RAndSOutsideTheCurveAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.strict(with(0, Bytes32.ZERO)));
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.strict(with(32, Bytes32.ZERO)));
    assertThatIllegalArgumentException().isThrownBy(() -> Signature.strict(with(0, Bytes32.of(N))));
    var half = N.shiftRight(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Signature.strict(with(32, Bytes32.of(half.add(BigInteger.ONE)))));
    assertThat(Signature.strict(with(32, Bytes32.of(half))).toBytes()).hasSize(65);
  }

  @Test
  void aKeyPrintsItsAccountAndNotItsSecret() {
    assertThat(KEY).hasToString(KEY.address() + ":***");
  }

  private static byte[] with(int offset, Bytes32 word) {
    var bytes = GOOD.clone();
    System.arraycopy(word.toBytes(), 0, bytes, offset, 32);
    return bytes;
  }
}
