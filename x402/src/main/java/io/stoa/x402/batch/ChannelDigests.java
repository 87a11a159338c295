package io.stoa.x402.batch;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import java.math.BigInteger;
import java.util.List;

/**
 * What payers and receivers of channels sign on one chain (EIP-712, x402 §7.1).
 *
 * @param separator of the domain of the channel contract; computed once, since every call needs it
 */
public record ChannelDigests(ChainId chain, Bytes32 separator) {
  private static final String CLAIM_ENTRY =
      "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";

  private static final Bytes32 CONFIG_TYPE =
      Keccak.hash(
          "ChannelConfig(address payer,address payerAuthorizer,address receiver,"
              + "address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)");
  private static final Bytes32 VOUCHER_TYPE =
      Keccak.hash("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
  private static final Bytes32 REFUND_TYPE =
      Keccak.hash("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
  private static final Bytes32 CLAIM_ENTRY_TYPE = Keccak.hash(CLAIM_ENTRY);
  private static final Bytes32 CLAIM_BATCH_TYPE =
      Keccak.hash("ClaimBatch(ClaimEntry[] claims)" + CLAIM_ENTRY);

  public static ChannelDigests of(ChainId chain) {
    return new ChannelDigests(
        chain,
        new Eip712.Domain("x402 Batch Settlement", "1", chain, ChannelContracts.CHANNELS)
            .separator());
  }

  /** The name of a channel. Fails for one on another chain. */
  public ChannelId channelId(ChannelConfig config) {
    if (!config.asset().chain().equals(chain)) {
      throw new IllegalArgumentException("not a channel on " + chain + ": " + config.asset());
    }
    return new ChannelId(
        digest(
            CONFIG_TYPE,
            Abi.word(config.payer()),
            Abi.word(config.payerAuthorizer()),
            Abi.word(config.receiver()),
            Abi.word(config.receiverAuthorizer()),
            Abi.word(config.asset().token()),
            Abi.word(config.withdrawDelay()),
            config.salt()));
  }

  /** What the payer's authorizer signs for a call. */
  public Bytes32 voucher(ChannelId channel, BigInteger ceiling) {
    return digest(VOUCHER_TYPE, channel.value(), Abi.word(ceiling));
  }

  /**
   * What the receiver's authorizer signs to give money back.
   *
   * @param nonce how many refunds the channel had before
   */
  public Bytes32 refund(ChannelId channel, BigInteger nonce, BigInteger amount) {
    return digest(REFUND_TYPE, channel.value(), Abi.word(nonce), Abi.word(amount));
  }

  /** What the receivers' common authorizer signs to claim from several channels at once. */
  public Bytes32 claimBatch(List<ClaimEntry> claims) {
    var hashes =
        claims.stream()
            .map(
                claim ->
                    Eip712.hashStruct(
                        CLAIM_ENTRY_TYPE,
                        claim.channel.value(),
                        Abi.word(claim.ceiling),
                        Abi.word(claim.totalClaimed)))
            .toArray(Bytes32[]::new);
    return digest(CLAIM_BATCH_TYPE, Keccak.hash(Abi.encode(hashes)));
  }

  /**
   * One row of a claim.
   *
   * @param ceiling of the voucher that is shown
   * @param totalClaimed of the channel in all, this claim included
   */
  public record ClaimEntry(ChannelId channel, BigInteger ceiling, BigInteger totalClaimed) {}

  private Bytes32 digest(Bytes32 type, Bytes32... members) {
    return Eip712.digest(separator, Eip712.hashStruct(type, members));
  }
}
