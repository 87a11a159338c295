package io.stoa.market.billing;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.VoucherClaim;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.Voucher;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.x402.batch.ChannelContracts;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Everything that it takes to claim a channel's money without this node.
 *
 * @param claimable what the claim would bring, in the token's smallest unit
 * @param claim the struct {@code VoucherClaim} of the channel contract, by its names
 * @param calls transactions that claim it for the receiver, in this order: the claim itself, by the
 *     owner of the listing's title; then the payment to the receiver, by anyone
 */
@Schema(name = "ChannelVoucher")
record VoucherView(String channel, String claimable, Claim claim, List<Transaction> calls) {

  static VoucherView of(ChannelAccount account, Voucher voucher) {
    var config = account.config();
    var standing = account.standing();
    var total = standing.onChain().claimed().add(standing.claimable()).min(voucher.ceiling());
    var claim = new VoucherClaim(config, voucher, total);
    return new VoucherView(
        account.id().toString(),
        standing.claimable().toString(),
        Claim.of(claim),
        List.of(
            Transaction.of(config.receiver(), ChannelCalls.claim(List.of(claim))),
            Transaction.of(
                ChannelContracts.CHANNELS,
                ChannelCalls.settle(config.receiver(), config.asset().token()))));
  }

  /**
   * What is shown to the contract.
   *
   * @param totalClaimed of the channel in all, this claim included
   */
  @Schema(name = "VoucherClaim")
  record Claim(Signed voucher, String signature, String totalClaimed) {
    private static Claim of(VoucherClaim claim) {
      return new Claim(
          new Signed(ChannelView.Config.of(claim.config()), claim.voucher().ceiling().toString()),
          claim.voucher().signature().toString(),
          claim.totalClaimed().toString());
    }
  }

  /** What the payer signed. */
  @Schema(name = "Voucher")
  record Signed(ChannelView.Config channel, String maxClaimableAmount) {}

  /** A call without value, to be signed and sent. */
  @Schema(name = "ContractCall")
  record Transaction(String to, String data) {
    private static Transaction of(Address to, Bytes data) {
      return new Transaction(to.toString(), data.toString());
    }
  }
}
