package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.Map;

/**
 * What a served call costs.
 *
 * @param price at most the amount that was reserved
 * @param units what was used, by the names of the offer's units
 * @param responseSha256 of the answer's body
 * @param receipt the signed document
 */
public record Charge(
    Hold hold, BigInteger price, Map<String, Long> units, Bytes32 responseSha256, String receipt) {
  public Charge {
    if (price.signum() < 0) {
      throw new IllegalArgumentException("not a price: " + price);
    }
    units = Map.copyOf(units);
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** Charged for good, with the voucher that the call came with. */
    record Charged(Standing standing) implements Outcome {}

    /** The hold had ended before: see {@link ChannelTill#usage} for how. */
    record Closed() implements Outcome {}

    /** More than was reserved; the hold is as it was. */
    record Exceeded() implements Outcome {}
  }
}
