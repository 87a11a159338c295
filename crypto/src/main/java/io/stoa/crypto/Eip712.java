package io.stoa.crypto;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Typed structured data hashing and signing (EIP-712). */
public final class Eip712 {
  private static final byte[] PREFIX = {0x19, 0x01};

  private Eip712() {}

  /**
   * What a signature is good for. Parts that are null are left out of the domain's type, as the
   * standard has it.
   */
  public record Domain(
      @Nullable String name,
      @Nullable String version,
      @Nullable ChainId chain,
      @Nullable Address verifyingContract) {

    public Bytes32 separator() {
      var members = new ArrayList<String>();
      var words = new ArrayList<Bytes32>();
      if (name != null) {
        members.add("string name");
        words.add(Keccak.hash(name));
      }
      if (version != null) {
        members.add("string version");
        words.add(Keccak.hash(version));
      }
      if (chain != null) {
        members.add("uint256 chainId");
        words.add(Abi.word(chain.value()));
      }
      if (verifyingContract != null) {
        members.add("address verifyingContract");
        words.add(Abi.word(verifyingContract));
      }
      var type = Keccak.hash("EIP712Domain(" + String.join(",", members) + ")");
      return hashStruct(type, words.toArray(Bytes32[]::new));
    }
  }

  /** {@code type} is the hash of the type's encoding; dynamic members enter as their hash. */
  public static Bytes32 hashStruct(Bytes32 type, Bytes32... members) {
    return Keccak.hash(type.toBytes(), Abi.encode(members));
  }

  /** What is signed. */
  public static Bytes32 digest(Bytes32 domainSeparator, Bytes32 structHash) {
    return Keccak.hash(PREFIX, domainSeparator.toBytes(), structHash.toBytes());
  }
}
