package io.stoa.payments.facilitator;

import io.stoa.domain.Address;
import java.math.BigInteger;
import java.util.Set;

/**
 * Who wants something settled.
 *
 * @param receivers of channels that it is known to be
 * @param least that it may have moved, in a token's smallest unit: less is not worth the gas
 */
public record Asker(Set<Address> receivers, BigInteger least) {
  /** The reason of an amount that is not worth its gas. */
  public static final String DUST = "amount_below_minimum";

  public Asker {
    receivers = Set.copyOf(receivers);
  }

  boolean isDust(BigInteger amount) {
    return amount.compareTo(least) < 0;
  }
}
