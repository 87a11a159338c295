package io.stoa.persistence.till;

import io.stoa.domain.channel.CallId;
import io.stoa.domain.payment.Settlement;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a channel is to give back to its payer, once.
 *
 * @param hold keeps the channel from everything else until the refund has ended for good
 * @param nonce how many refunds the channel had before
 * @param call what the payer calls its request, if it gave it a name
 * @param amount in the token's smallest unit, above zero
 * @param searchFrom no block below this one can hold it
 */
public record Refund(
    Hold hold, BigInteger nonce, Optional<CallId> call, BigInteger amount, long searchFrom) {

  /** Where it stands, as the till remembers it. */
  public sealed interface State {
    /** It will be carried to the chain, or is. */
    record Open() implements State {}

    /**
     * The payer has its money, unless a reorganisation takes it back.
     *
     * @param returned less than {@code amount} when the payer took some of it out meanwhile
     */
    record Done(Settlement settlement, BigInteger returned) implements State {}

    /** Nothing went back, and nothing will. */
    record Voided() implements State {}
  }
}
