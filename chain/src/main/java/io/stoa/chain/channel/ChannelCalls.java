package io.stoa.chain.channel;

import io.stoa.chain.contract.PaymentChannels;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.channel.ChannelConfig;
import java.math.BigInteger;
import java.util.List;

/** Call data for the channel contract. */
public final class ChannelCalls {
  private ChannelCalls() {}

  /**
   * Moves {@code units} into the channel, and creates it if need be. Anyone may send it.
   *
   * @param collector pulls the money in, by what the payer signed for it
   * @param authorization what that collector understands
   */
  public static Bytes deposit(
      ChannelConfig config, BigInteger units, Address collector, Bytes authorization) {
    return Bytes.parse(
        PaymentChannels.getABI_deposit(
            struct(config), units, collector.toString(), authorization.toBytes()));
  }

  /**
   * Records claims, all or none. For the receiver of all of them: a splitter takes the same call
   * from the owner of its listing, and passes it on.
   */
  public static Bytes claim(List<VoucherClaim> claims) {
    return Bytes.parse(PaymentChannels.getABI_claim(structs(claims)));
  }

  /**
   * Records claims, all or none. Anyone may send it.
   *
   * @param signature of the one authorizer of all their receivers
   */
  public static Bytes claimWithSignature(List<VoucherClaim> claims, Bytes signature) {
    return Bytes.parse(
        PaymentChannels.getABI_claimWithSignature(structs(claims), signature.toBytes()));
  }

  /** Pays everything to {@code receiver} that was claimed for it. Anyone may send it. */
  public static Bytes settle(Address receiver, Address token) {
    return Bytes.parse(PaymentChannels.getABI_settle(receiver.toString(), token.toString()));
  }

  /**
   * Gives the payer back up to {@code units} of what was not claimed. Anyone may send it.
   *
   * @param nonce how many refunds there were before
   * @param signature of the receiver's authorizer
   */
  public static Bytes refundWithSignature(
      ChannelConfig config, BigInteger units, BigInteger nonce, Bytes signature) {
    return Bytes.parse(
        PaymentChannels.getABI_refundWithSignature(
            struct(config), units, nonce, signature.toBytes()));
  }

  /** The same without a signature: for the receiver, or its authorizer. */
  public static Bytes refund(ChannelConfig config, BigInteger units) {
    return Bytes.parse(PaymentChannels.getABI_refund(struct(config), units));
  }

  /** Gives notice of taking {@code units} out. For the payer, or its authorizer. */
  public static Bytes initiateWithdraw(ChannelConfig config, BigInteger units) {
    return Bytes.parse(PaymentChannels.getABI_initiateWithdraw(struct(config), units));
  }

  /** Takes out what notice was given of, once the channel's delay has passed. */
  public static Bytes finalizeWithdraw(ChannelConfig config) {
    return Bytes.parse(PaymentChannels.getABI_finalizeWithdraw(struct(config)));
  }

  /** Several calls in one transaction, all or none. */
  public static Bytes multicall(List<Bytes> calls) {
    return Bytes.parse(
        PaymentChannels.getABI_multicall(calls.stream().map(Bytes::toBytes).toList()));
  }

  static PaymentChannels.ChannelConfig struct(ChannelConfig config) {
    return new PaymentChannels.ChannelConfig(
        config.payer().toString(),
        config.payerAuthorizer().toString(),
        config.receiver().toString(),
        config.receiverAuthorizer().toString(),
        config.asset().token().toString(),
        BigInteger.valueOf(config.withdrawDelay()),
        config.salt().toBytes());
  }

  static List<PaymentChannels.VoucherClaim> structs(List<VoucherClaim> claims) {
    return claims.stream().map(ChannelCalls::struct).toList();
  }

  private static PaymentChannels.VoucherClaim struct(VoucherClaim claim) {
    return new PaymentChannels.VoucherClaim(
        new PaymentChannels.Voucher(struct(claim.config()), claim.voucher().ceiling()),
        claim.voucher().signature().toBytes(),
        claim.totalClaimed());
  }
}
