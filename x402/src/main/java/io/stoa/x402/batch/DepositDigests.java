package io.stoa.x402.batch;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Permit2Domain;
import java.math.BigInteger;

/** What a payer signs to put money into a channel (x402 §7.2). Anyone may then send the deposit. */
public final class DepositDigests {
  private static final String TOKEN_PERMISSIONS = "TokenPermissions(address token,uint256 amount)";
  private static final String WITNESS = "DepositWitness(bytes32 channelId)";

  private static final Bytes32 RECEIVE_TYPE =
      Keccak.hash(
          "ReceiveWithAuthorization(address from,address to,uint256 value,"
              + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");
  private static final Bytes32 TOKEN_PERMISSIONS_TYPE = Keccak.hash(TOKEN_PERMISSIONS);
  private static final Bytes32 WITNESS_TYPE = Keccak.hash(WITNESS);
  private static final Bytes32 PERMIT_TYPE =
      Keccak.hash(
          "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,"
              + "uint256 deadline,DepositWitness witness)"
              + WITNESS
              + TOKEN_PERMISSIONS);

  private DepositDigests() {}

  /** The nonce that ties an EIP-3009 authorization to one channel. */
  public static Bytes32 nonce(ChannelId channel, BigInteger salt) {
    return Keccak.hash(Abi.encode(channel.value(), Abi.word(salt)));
  }

  /**
   * {@code ReceiveWithAuthorization} (EIP-3009) to the collector.
   *
   * @param amount in the token's smallest unit
   * @param validAfter Unix seconds; a block's time must be greater
   * @param validBefore Unix seconds; a block's time must be less
   * @param nonce of {@link #nonce}
   */
  public static Bytes32 receive(
      Address payer,
      BigInteger amount,
      BigInteger validAfter,
      BigInteger validBefore,
      Bytes32 nonce,
      TokenDomain domain) {
    return Eip712.digest(
        domain.separator(),
        Eip712.hashStruct(
            RECEIVE_TYPE,
            Abi.word(payer),
            Abi.word(ChannelContracts.ERC3009_COLLECTOR),
            Abi.word(amount),
            Abi.word(validAfter),
            Abi.word(validBefore),
            nonce));
  }

  /**
   * {@code PermitWitnessTransferFrom} (Permit2) to the collector, for one channel.
   *
   * @param amount in the token's smallest unit
   * @param deadline Unix seconds; a block's time must not be greater
   */
  public static Bytes32 permit(
      Address token,
      BigInteger amount,
      BigInteger nonce,
      BigInteger deadline,
      ChannelId channel,
      Permit2Domain domain) {
    return Eip712.digest(
        domain.separator(),
        Eip712.hashStruct(
            PERMIT_TYPE,
            Eip712.hashStruct(TOKEN_PERMISSIONS_TYPE, Abi.word(token), Abi.word(amount)),
            Abi.word(ChannelContracts.PERMIT2_COLLECTOR),
            Abi.word(nonce),
            Abi.word(deadline),
            Eip712.hashStruct(WITNESS_TYPE, channel.value())));
  }
}
