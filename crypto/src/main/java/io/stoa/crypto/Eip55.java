package io.stoa.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stoa.domain.Address;

/** Mixed-case checksum addresses (EIP-55), for people. */
public final class Eip55 {
  private Eip55() {}

  public static String checksum(Address address) {
    var lower = address.toString();
    var hash = Keccak.hash(lower.substring(2).getBytes(US_ASCII)).toString();
    var mixed = new StringBuilder("0x");
    for (int i = 2; i < lower.length(); i++) {
      char digit = lower.charAt(i);
      mixed.append(hash.charAt(i) >= '8' ? Character.toUpperCase(digit) : digit);
    }
    return mixed.toString();
  }
}
