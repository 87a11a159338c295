package io.stoa.x402.signature;

import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes;
import io.stoa.x402.ContractSignatures.Deployment;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The signature of a contract wallet that may not be deployed yet (ERC-6492): what the wallet
 * understands, wrapped with the call that creates it. {@code abi.encode(address factory, bytes
 * callData, bytes signature)} and a suffix that no key's signature ends with.
 */
public final class Erc6492 {
  private static final byte[] SUFFIX = HexFormat.of().parseHex("6492".repeat(16));

  private Erc6492() {}

  /**
   * @param signature what the wallet itself understands
   */
  public record Wrapped(Deployment deployment, Bytes signature) {}

  /** Empty for anything that is not well wrapped. */
  public static Optional<Wrapped> unwrap(Bytes signature) {
    var bytes = signature.toBytes();
    int end = bytes.length - SUFFIX.length;
    if (end < 0 || !Arrays.equals(bytes, end, bytes.length, SUFFIX, 0, SUFFIX.length)) {
      return Optional.empty();
    }
    var encoded = Arrays.copyOf(bytes, end);
    try {
      return Optional.of(
          new Wrapped(
              new Deployment(Abi.address(Abi.wordAt(encoded, 0)), bytesAt(encoded, 1)),
              bytesAt(encoded, 2)));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** What contracts on the chain are given: a deployed wallet knows nothing of the wrapping. */
  public static Bytes unwrapped(Bytes signature) {
    return unwrap(signature).map(Wrapped::signature).orElse(signature);
  }

  /** The dynamic {@code bytes} whose offset is the word at {@code index}. */
  private static Bytes bytesAt(byte[] encoded, int index) {
    int start = position(Abi.wordAt(encoded, index).toUnsigned(), encoded.length - 32);
    int size = position(new BigInteger(1, encoded, start, 32), encoded.length - 32 - start);
    return Bytes.wrap(Arrays.copyOfRange(encoded, start + 32, start + 32 + size));
  }

  private static int position(BigInteger value, int max) {
    if (value.compareTo(BigInteger.valueOf(max)) > 0) {
      throw new IllegalArgumentException("beyond the end: " + value);
    }
    return value.intValue();
  }
}
