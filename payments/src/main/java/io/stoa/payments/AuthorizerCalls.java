package io.stoa.payments;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.VoucherClaim;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.ChannelDigests.ClaimEntry;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Calls of the channel contract that the authorizer of its receivers must sign. Once one is out
 * anyone may send it.
 */
record AuthorizerCalls(SigningKey authorizer) {

  /** What {@code account} owes and can pay, by its highest voucher; empty when that is nothing. */
  static Optional<VoucherClaim> due(ChannelAccount account) {
    var standing = account.standing();
    if (standing.claimable().signum() == 0) {
      return Optional.empty();
    }
    var total = standing.onChain().claimed().add(standing.claimable());
    return standing.voucher().map(voucher -> new VoucherClaim(account.config(), voucher, total));
  }

  /** Claims all or none. */
  Bytes claim(List<VoucherClaim> claims) {
    var entries =
        claims.stream()
            .map(
                claim ->
                    new ClaimEntry(
                        claim.voucher().channel(), claim.voucher().ceiling(), claim.totalClaimed()))
            .toList();
    var asset = claims.getFirst().config().asset();
    var digest = ChannelDigests.of(asset.chain()).claimBatch(entries);
    return ChannelCalls.claimWithSignature(claims, sign(digest));
  }

  /**
   * Claims what {@code account} owes, then gives back {@code units}: both or neither.
   *
   * @param nonce how many refunds the channel had before
   */
  Bytes refund(ChannelAccount account, BigInteger units, BigInteger nonce) {
    var config = account.config();
    var digest = ChannelDigests.of(config.asset().chain()).refund(account.id(), nonce, units);
    var refund = ChannelCalls.refundWithSignature(config, units, nonce, sign(digest));
    return due(account)
        .map(claim -> ChannelCalls.multicall(List.of(claim(List.of(claim)), refund)))
        .orElse(refund);
  }

  /**
   * Does what {@link #refund} does if the authorizer itself sends it, and is worth nothing to
   * anybody else: to find out whether the chain would do it.
   */
  static Bytes unsignedRefund(ChannelAccount account, BigInteger units) {
    var refund = ChannelCalls.refund(account.config(), units);
    return due(account)
        .map(claim -> ChannelCalls.multicall(List.of(ChannelCalls.claim(List.of(claim)), refund)))
        .orElse(refund);
  }

  private Bytes sign(Bytes32 digest) {
    return Bytes.wrap(authorizer.sign(digest).toBytes());
  }
}
