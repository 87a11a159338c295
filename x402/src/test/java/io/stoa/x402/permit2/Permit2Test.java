package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.x402.Example;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class Permit2Test {

  @Test
  void aNonceIsOneBitOfAWordOf256() {
    // Given
    var nonce = BigInteger.valueOf(3 * 256 + 255);
    var bit255 = Bytes32.of(BigInteger.ONE.shiftLeft(255));
    var bit0 = Bytes32.of(BigInteger.ONE);

    // When, Then
    assertThat(Permit2.nonceBitmap(Example.PAYER.address(), nonce))
        .hasToString(
            "0x4fe02b44"
                + "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906"
                + "0000000000000000000000000000000000000000000000000000000000000003");
    assertThat(Permit2.isUsed(nonce, bit255)).isTrue();
    assertThat(Permit2.isUsed(nonce, bit0)).isFalse();
    assertThat(Permit2.isUsed(nonce.add(BigInteger.ONE), bit0)).isTrue();
    assertThat(Permit2.isUsed(nonce.add(BigInteger.ONE), bit255)).isFalse();
  }

  @Test
  void theLargestNonceHasItsBitToo() {
    var largest = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

    assertThat(Permit2.nonceBitmap(Example.PAYER.address(), largest).toString())
        .endsWith("00" + "ff".repeat(31));
    assertThat(Permit2.isUsed(largest, Bytes32.of(BigInteger.ONE.shiftLeft(255)))).isTrue();
  }

  @Test
  void anInvalidationIsOfTheNoncesInItsMask() {
    // Given
    var nonce = BigInteger.valueOf(3 * 256 + 1);

    // When, Then
    assertThat(Permit2.isInvalidated(nonce, invalidation(3, 2))).isTrue();
    assertThat(Permit2.isInvalidated(nonce, invalidation(3, 0xff))).isTrue();
    assertThat(Permit2.isInvalidated(nonce, invalidation(3, 1))).isFalse();
    assertThat(Permit2.isInvalidated(nonce, invalidation(2, 2))).isFalse();
    assertThat(Permit2.isInvalidated(nonce, Bytes.EMPTY)).isFalse();
  }

  private static Bytes invalidation(long word, long mask) {
    return Bytes.wrap(Abi.encode(Abi.word(word), Abi.word(mask)));
  }
}
