package io.stoa.persistence.till;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a served call costs.
 *
 * @param price at most the amount that was reserved
 * @param units what was used, by the names of the offer's units
 * @param responseSha256 of the answer's body
 * @param receipt what its receipt says, not signed yet
 * @param kept for a buyer whose reply was lost
 */
public record Charge(
    Hold hold,
    BigInteger price,
    Map<String, Long> units,
    Bytes32 responseSha256,
    String receipt,
    Optional<Kept> kept)
    implements CallStep {
  public Charge {
    if (price.signum() < 0) {
      throw new IllegalArgumentException("not a price: " + price);
    }
    units = Map.copyOf(units);
  }

  /** Of an answer that is not kept. */
  public Charge(
      Hold hold,
      BigInteger price,
      Map<String, Long> units,
      Bytes32 responseSha256,
      String receipt) {
    this(hold, price, units, responseSha256, receipt, Optional.empty());
  }

  /**
   * An answer to be given again.
   *
   * @param sealed encrypted
   * @param retention at least so long
   */
  public record Kept(Bytes sealed, Duration retention) {}

  /** What became of it. */
  public sealed interface Outcome {
    /** Charged for good, with the voucher that the call came with. */
    record Charged(Standing standing) implements Outcome {}

    /**
     * The hold had ended before: see {@link ChannelTill#usage} for how, if the call was written
     * down.
     */
    record Closed() implements Outcome {}

    /** More than was reserved; the hold is as it was. */
    record Exceeded() implements Outcome {}
  }
}
