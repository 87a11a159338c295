package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes32;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** Replaces a signature of a payment by one in another form, of another key or of other things. */
final class BentSignature {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private BentSignature() {}

  static String of(Specimen specimen, Random random) {
    var pointers = new ArrayList<String>();
    specimen.bound().keySet().stream()
        .filter(pointer -> pointer.endsWith("/signature"))
        .sorted()
        .forEach(pointers::add);
    var pointer = pointers.get(random.nextInt(pointers.size()));
    var message = specimen.message().deepCopy();
    var good = message.at(pointer).textValue();
    var signing = specimen.signings().get(pointer);
    var bent =
        signing != null && random.nextInt(3) == 0
            ? signing.forged(random)
            : "0x"
                + HexFormat.of()
                    .formatHex(bent(HexFormat.of().parseHex(good.substring(2)), random));
    ((ObjectNode) message.at(pointer.substring(0, pointer.lastIndexOf('/'))))
        .put("signature", bent);
    return message.toString();
  }

  private static byte[] bent(byte[] good, Random random) {
    var r = new BigInteger(1, good, 0, 32);
    var s = new BigInteger(1, good, 32, 32);
    int v = good[64];
    return switch (random.nextInt(16)) {
      case 0, 1, 2 -> turned(good, random);
      case 3 -> signature(r, ORDER.subtract(s), 55 - v);
      case 4 -> signature(r, ORDER.subtract(s), v);
      case 5 -> signature(r, s, v - 27);
      case 6 -> signature(r, s, 55 - v);
      case 7 -> signature(r, s, random.nextInt(256));
      case 8 -> signature(any(r, random), s, v);
      case 9 -> signature(r, any(s, random), v);
      case 10 -> compact(r, s, v);
      case 11 -> Arrays.copyOf(good, random.nextInt(65));
      case 12 -> Arrays.copyOf(good, 66 + random.nextInt(300));
      case 13 -> wrapped(good, random);
      case 14 -> signature(s, r, v);
      default -> {
        var noise = new byte[random.nextInt(9_000)];
        random.nextBytes(noise);
        yield noise;
      }
    };
  }

  private static byte[] turned(byte[] good, Random random) {
    var bytes = good.clone();
    int bit = random.nextInt(8 * bytes.length);
    bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    return bytes;
  }

  /** Beyond what it may be, or anything else. */
  private static BigInteger any(BigInteger good, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> BigInteger.ZERO;
      case 1 -> ORDER;
      case 2 -> BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
      case 3 -> ORDER.shiftRight(1).add(BigInteger.ONE);
      case 4 -> good.flipBit(random.nextInt(256));
      default -> new BigInteger(256, random);
    };
  }

  /** As EIP-2098 has it, in 64 bytes. */
  private static byte[] compact(BigInteger r, BigInteger s, int v) {
    var compact = signature(r, v == 28 ? s.setBit(255) : s, 0);
    return Arrays.copyOf(compact, 64);
  }

  /** For a wallet that somebody's factory would create first (ERC-6492). */
  private static byte[] wrapped(byte[] good, Random random) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        Abi.encode(
            Abi.word(new BigInteger(160, random)),
            Abi.word(96),
            random.nextInt(4) == 0 ? Bytes32.of(new BigInteger(256, random)) : Abi.word(128),
            Abi.word(0),
            Abi.word(good.length)));
    bytes.writeBytes(Arrays.copyOf(good, 96));
    bytes.writeBytes(HexFormat.of().parseHex("6492".repeat(16)));
    return bytes.toByteArray();
  }

  private static byte[] signature(BigInteger r, BigInteger s, int v) {
    var bytes = Arrays.copyOf(Abi.encode(Abi.word(r), Abi.word(s)), 65);
    bytes[64] = (byte) v;
    return bytes;
  }
}
