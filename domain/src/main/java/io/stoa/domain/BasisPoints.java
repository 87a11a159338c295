package io.stoa.domain;

import java.math.BigInteger;

/** A share in hundredths of a percent: 0 to 10,000. */
public record BasisPoints(int value) {
  public static final int WHOLE = 10_000;

  public BasisPoints {
    if (value < 0 || value > WHOLE) {
      throw new IllegalArgumentException("not between 0 and 10,000 basis points: " + value);
    }
  }

  /** This share of {@code units}, rounded down. */
  public BigInteger of(BigInteger units) {
    return units.multiply(BigInteger.valueOf(value)).divide(BigInteger.valueOf(WHOLE));
  }
}
