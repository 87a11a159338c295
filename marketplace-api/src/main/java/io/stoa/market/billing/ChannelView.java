package io.stoa.market.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.persistence.till.ChannelAccount;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where a channel stands. Amounts are in the token's smallest unit.
 *
 * @param charged for all calls so far
 * @param reserved the most that the calls in progress may add
 * @param signedCeiling of the highest voucher that a call was charged to; absent before the first
 * @param balance deposits less what went back to the payer, as the chain showed it at {@code
 *     synced}
 * @param claimed of the balance, by the receiver
 * @param claimable what a claim would bring now
 * @param withdrawal what the payer gave notice of taking out
 * @param refundNonce number of refunds so far
 */
@Schema(name = "Channel")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChannelView(
    String id,
    Config config,
    String asset,
    String charged,
    String reserved,
    @Nullable String signedCeiling,
    String balance,
    String claimed,
    String claimable,
    @Nullable Withdrawal withdrawal,
    String refundNonce,
    Block synced) {

  static ChannelView of(ChannelAccount account) {
    var standing = account.standing();
    var onChain = standing.onChain();
    return new ChannelView(
        account.id().toString(),
        Config.of(account.config()),
        account.config().asset().toString(),
        standing.charged().toString(),
        standing.reserved().toString(),
        standing.voucher().map(voucher -> voucher.ceiling().toString()).orElse(null),
        onChain.balance().toString(),
        onChain.claimed().toString(),
        standing.claimable().toString(),
        onChain.withdrawal().map(notice -> Withdrawal.of(notice, account.config())).orElse(null),
        onChain.refundNonce().toString(),
        new Block(onChain.at().number(), onChain.at().hash().toString()));
  }

  /** The struct of the channel contract, by its names. */
  @Schema(name = "ChannelConfig")
  record Config(
      String payer,
      String payerAuthorizer,
      String receiver,
      String receiverAuthorizer,
      String token,
      int withdrawDelay,
      String salt) {

    static Config of(ChannelConfig config) {
      return new Config(
          config.payer().toString(),
          config.payerAuthorizer().toString(),
          config.receiver().toString(),
          config.receiverAuthorizer().toString(),
          config.asset().token().toString(),
          config.withdrawDelay(),
          config.salt().toString());
    }
  }

  /**
   * A notice of the payer.
   *
   * @param possibleFrom when it can be taken out: what is not claimed by then may be gone
   */
  @Schema(name = "ChannelWithdrawal")
  record Withdrawal(String amount, Instant initiatedAt, Instant possibleFrom) {
    private static Withdrawal of(ChannelOnChain.Withdrawal notice, ChannelConfig config) {
      return new Withdrawal(
          notice.amount().toString(),
          notice.initiatedAt(),
          notice.initiatedAt().plusSeconds(config.withdrawDelay()));
    }
  }

  @Schema(name = "Block")
  record Block(long number, String hash) {}
}
