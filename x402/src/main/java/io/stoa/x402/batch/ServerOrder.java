package io.stoa.x402.batch;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.Voucher;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * What servers have facilitators send (x402 §7.3); no payer may. A signature that is left out is
 * for the facilitator to make, with the key that the channel trusts.
 */
public sealed interface ServerOrder {

  /**
   * Records what channels owe.
   *
   * @param signature of the one authorizer of all their receivers
   */
  record Claim(List<Row> rows, Optional<Bytes> signature) implements ServerOrder {
    public Claim {
      rows = List.copyOf(rows);
    }
  }

  /** Pays out what was claimed for a receiver. */
  record Settle(Address receiver, Asset asset) implements ServerOrder {}

  /**
   * Claims what is owed, and gives money back.
   *
   * @param amount in the token's smallest unit, above zero; what is there if it is less
   * @param nonce how many refunds the channel had before
   * @param rows perhaps none
   * @param signature of the receiver's authorizer
   * @param claimSignature of the same, over {@code rows}
   */
  record Refund(
      ChannelConfig config,
      BigInteger amount,
      BigInteger nonce,
      List<Row> rows,
      Optional<Bytes> signature,
      Optional<Bytes> claimSignature)
      implements ServerOrder {
    public Refund {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One voucher of a claim.
   *
   * @param totalClaimed of the channel in all, this claim included: at most the voucher's ceiling
   */
  record Row(ChannelConfig config, Voucher voucher, BigInteger totalClaimed) {}
}
