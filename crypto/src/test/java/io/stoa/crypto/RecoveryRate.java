package io.stoa.crypto;

import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Duration;

/** Prints how many signers one core recovers in a second, with either implementation. */
final class RecoveryRate {
  private static final Bytes32 DIGEST = Keccak.hash("message");
  private static final Signature SIGNATURE = SigningKey.of(Bytes32.of(BigInteger.TEN)).sign(DIGEST);

  private RecoveryRate() {}

  public static void main(String[] arguments) {
    for (var curve : new Secp256k1[] {new NativeSecp256k1(), new JavaSecp256k1()}) {
      perSecond(curve, Duration.ofSeconds(2));
      System.out.printf(
          "%s: %,d recoveries a second%n",
          curve.getClass().getSimpleName(), perSecond(curve, Duration.ofSeconds(3)));
    }
  }

  private static long perSecond(Secp256k1 curve, Duration time) {
    long start = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - start < time.toNanos()) {
      count += curve.recover(DIGEST, SIGNATURE).isPresent() ? 1 : 0;
    }
    return count * 1_000_000_000L / (System.nanoTime() - start);
  }
}
