package io.stoa.payments;

import io.stoa.chain.rpc.Receipt;
import io.stoa.domain.BlockRef;

/** What the chain did with the authorization of a deposit. */
sealed interface DepositFate {

  /** Its money is in the channel, by a transaction of whomever. */
  record Arrived(Receipt receipt) implements DepositFate {}

  /** It can never be: used for something else, or run out, and no reorganisation changes that. */
  record Spoiled(String reason, BlockRef decidedBy) implements DepositFate {}

  /** Neither, so far. */
  record Open() implements DepositFate {}
}
