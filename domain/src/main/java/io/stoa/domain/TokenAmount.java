package io.stoa.domain;

import java.math.BigInteger;

/** A quantity of one asset, in its smallest unit: never negative, never more than a uint256. */
public record TokenAmount(Asset asset, BigInteger units) {
  public TokenAmount {
    if (units.signum() < 0 || units.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256: " + units);
    }
  }

  public static TokenAmount of(Asset asset, long units) {
    return new TokenAmount(asset, BigInteger.valueOf(units));
  }

  @Override
  public String toString() {
    return units + " " + asset;
  }
}
