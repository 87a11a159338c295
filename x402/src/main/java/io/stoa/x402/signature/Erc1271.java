package io.stoa.x402.signature;

import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.util.Arrays;

/** The question a contract is asked about a signature, and the answer that means yes (ERC-1271). */
public final class Erc1271 {
  private static final byte[] IS_VALID_SIGNATURE = Abi.selector("isValidSignature(bytes32,bytes)");

  private Erc1271() {}

  /** {@code isValidSignature(digest, signature)}, to be called on the account. */
  public static Bytes callData(Bytes32 digest, Bytes signature) {
    return Bytes.wrap(Abi.callWithBytes(IS_VALID_SIGNATURE, signature.toBytes(), digest));
  }

  /** Whether a contract returned the magic value: the selector itself, padded to one word. */
  public static boolean isYes(Bytes returned) {
    return returned.size() >= 32
        && Arrays.equals(
            Arrays.copyOf(returned.toBytes(), 32), Arrays.copyOf(IS_VALID_SIGNATURE, 32));
  }
}
