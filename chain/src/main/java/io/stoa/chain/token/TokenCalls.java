package io.stoa.chain.token;

import io.stoa.chain.contract.UsdCoin;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.payment.SignedTransfer;
import java.math.BigInteger;
import java.util.Arrays;

/** Call data for the dollar token. */
public final class TokenCalls {
  private TokenCalls() {}

  /** Makes test dollars. Only the minter may, and only of the development token. */
  public static Bytes mint(Address to, BigInteger units) {
    return Bytes.parse(UsdCoin.getABI_mint(to.toString(), units));
  }

  public static Bytes transfer(Address to, BigInteger units) {
    return Bytes.parse(UsdCoin.getABI_transfer(to.toString(), units));
  }

  /**
   * The EIP-3009 overload with v, r, s, which every such token has; for a payer that signs with its
   * key.
   */
  public static Bytes transferWithAuthorization(SignedTransfer transfer) {
    var signature = transfer.signature().toBytes();
    return Bytes.parse(
        UsdCoin.getABI_transferWithAuthorization(
            transfer.payer().toString(),
            transfer.payTo().toString(),
            transfer.amount().units(),
            transfer.validAfter(),
            transfer.validBefore(),
            transfer.nonce().toBytes(),
            BigInteger.valueOf(signature[64] & 0xff),
            Arrays.copyOf(signature, 32),
            Arrays.copyOfRange(signature, 32, 64)));
  }

  /** The overload with {@code bytes signature}, for a payer with code (ERC-1271). */
  public static Bytes transferWithAuthorizationByContract(SignedTransfer transfer) {
    return Bytes.parse(
        UsdCoin.getABI_transferWithAuthorization(
            transfer.payer().toString(),
            transfer.payTo().toString(),
            transfer.amount().units(),
            transfer.validAfter(),
            transfer.validBefore(),
            transfer.nonce().toBytes(),
            transfer.signature().toBytes()));
  }
}
