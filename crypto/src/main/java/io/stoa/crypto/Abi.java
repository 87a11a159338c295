package io.stoa.crypto;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/** Words and calls of the Solidity contract ABI: static arguments, and {@code bytes} at the end. */
public final class Abi {
  private Abi() {}

  /**
   * The first four bytes of the hash of {@code signature}, such as {@code
   * transfer(address,uint256)}.
   */
  public static byte[] selector(String signature) {
    return Arrays.copyOf(Keccak.hash(signature).toBytes(), 4);
  }

  /** The topic of an event, such as {@code Transfer(address,address,uint256)}. */
  public static Bytes32 topic(String signature) {
    return Keccak.hash(signature);
  }

  public static Bytes32 word(Address address) {
    var word = new byte[32];
    System.arraycopy(address.toBytes(), 0, word, 12, 20);
    return Bytes32.of(word);
  }

  /** Of a uint256. */
  public static Bytes32 word(BigInteger value) {
    return Bytes32.of(value);
  }

  public static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }

  /** The words one after the other: {@code abi.encode} of static values. */
  public static byte[] encode(Bytes32... words) {
    var encoded = new byte[32 * words.length];
    for (int i = 0; i < words.length; i++) {
      System.arraycopy(words[i].toBytes(), 0, encoded, 32 * i, 32);
    }
    return encoded;
  }

  /** A call with static arguments. */
  public static byte[] call(byte[] selector, Bytes32... words) {
    var call = Arrays.copyOf(selector, 4 + 32 * words.length);
    System.arraycopy(encode(words), 0, call, 4, 32 * words.length);
    return call;
  }

  /** A call whose last argument is dynamic {@code bytes} and whose others are static. */
  public static byte[] callWithBytes(byte[] selector, byte[] last, Bytes32... words) {
    var call = new ByteArrayOutputStream();
    call.writeBytes(selector);
    call.writeBytes(encode(words));
    call.writeBytes(word(32L * (words.length + 1)).toBytes());
    call.writeBytes(word(last.length).toBytes());
    call.writeBytes(Arrays.copyOf(last, (last.length + 31) / 32 * 32));
    return call.toByteArray();
  }

  /** The word at {@code index} of what a call returned or an event holds. */
  public static Bytes32 wordAt(byte[] encoded, int index) {
    if (index < 0 || encoded.length < 32 * (index + 1)) {
      throw new IllegalArgumentException("no word " + index + " in " + encoded.length + " bytes");
    }
    return Bytes32.of(Arrays.copyOfRange(encoded, 32 * index, 32 * (index + 1)));
  }

  /** The address in a word; fails when the upper twelve bytes are not zero. */
  public static Address address(Bytes32 word) {
    var bytes = word.toBytes();
    for (int i = 0; i < 12; i++) {
      if (bytes[i] != 0) {
        throw new IllegalArgumentException("not an address: " + word);
      }
    }
    return Address.of(Arrays.copyOfRange(bytes, 12, 32));
  }
}
