package io.stoa.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;

/** Texts that wallets show to people before they sign them (EIP-191, version 0x45). */
public final class Eip191 {
  private static final byte[] PREFIX = "\u0019Ethereum Signed Message:\n".getBytes(US_ASCII);

  private Eip191() {}

  /** What is signed. */
  public static Bytes32 digest(String text) {
    var bytes = text.getBytes(UTF_8);
    return Keccak.hash(PREFIX, Integer.toString(bytes.length).getBytes(US_ASCII), bytes);
  }
}
