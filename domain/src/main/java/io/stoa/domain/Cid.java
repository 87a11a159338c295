package io.stoa.domain;

import java.util.Arrays;

/**
 * A content identifier of IPFS: version 1, SHA-256, codec {@code raw} or {@code dag-pb}, written in
 * lower-case base32 with the multibase prefix {@code b} (multiformats CID specification). Other
 * forms are refused: two spellings of one content never meet in this system.
 */
public final class Cid {
  /** Length of the binary form: version, codec, hash function, hash length, 32 bytes of SHA-256. */
  public static final int LENGTH = 36;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int TEXT_LENGTH = 1 + (LENGTH * 8 + 4) / 5;

  /** What the identified block holds. */
  public enum Codec {
    /** The content itself. */
    RAW(0x55),
    /** A node of a UnixFS tree. */
    DAG_PB(0x70);

    private final byte code;

    Codec(int code) {
      this.code = (byte) code;
    }
  }

  private final Codec codec;
  private final Bytes32 sha256;

  private Cid(Codec codec, Bytes32 sha256) {
    this.codec = codec;
    this.sha256 = sha256;
  }

  public static Cid of(Codec codec, Bytes32 sha256) {
    return new Cid(codec, sha256);
  }

  /** Reads the binary form, as it stands in links and in contract events. */
  public static Cid of(byte[] binary) {
    if (binary.length == LENGTH && binary[0] == 0x01 && binary[2] == 0x12 && binary[3] == 0x20) {
      for (var codec : Codec.values()) {
        if (codec.code == binary[1]) {
          return new Cid(codec, Bytes32.of(Arrays.copyOfRange(binary, 4, LENGTH)));
        }
      }
    }
    throw new IllegalArgumentException("not a version 1 CID with SHA-256 and codec raw or dag-pb");
  }

  public static Cid parse(String text) {
    if (text.length() != TEXT_LENGTH || text.charAt(0) != 'b') {
      throw new IllegalArgumentException("not a base32 CID of version 1");
    }
    var binary = new byte[LENGTH];
    int buffer = 0;
    int bits = 0;
    int next = 0;
    for (int i = 1; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new IllegalArgumentException("not a base32 CID: character " + i);
      }
      buffer = ((buffer << 5) | digit) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        binary[next++] = (byte) (buffer >> bits);
      }
    }
    if ((buffer & ((1 << bits) - 1)) != 0) {
      throw new IllegalArgumentException("not a base32 CID: loose bits at the end");
    }
    return of(binary);
  }

  public Codec codec() {
    return codec;
  }

  /** The digest of the identified block (of the whole content only where the codec is raw). */
  public Bytes32 sha256() {
    return sha256;
  }

  public byte[] toBytes() {
    var binary = new byte[LENGTH];
    binary[0] = 0x01;
    binary[1] = codec.code;
    binary[2] = 0x12;
    binary[3] = 0x20;
    System.arraycopy(sha256.toBytes(), 0, binary, 4, 32);
    return binary;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cid that && codec == that.codec && sha256.equals(that.sha256);
  }

  @Override
  public int hashCode() {
    return sha256.hashCode();
  }

  @Override
  public String toString() {
    var text = new StringBuilder(TEXT_LENGTH).append('b');
    int buffer = 0;
    int bits = 0;
    for (byte next : toBytes()) {
      buffer = ((buffer << 8) | (next & 0xff)) & 0xffff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }
}
