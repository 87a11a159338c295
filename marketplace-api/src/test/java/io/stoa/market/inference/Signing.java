package io.stoa.market.inference;

import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import java.util.List;
import java.util.Random;

/**
 * What a wallet signed (EIP-712), so that others can sign it, or the wallet something else.
 *
 * @param elsewhere separators of other domains
 */
record Signing(
    SigningKey wallet,
    Bytes32 separator,
    List<Bytes32> elsewhere,
    Bytes32 type,
    List<Bytes32> words) {
  Signing {
    elsewhere = List.copyOf(elsewhere);
    words = List.copyOf(words);
  }

  String signed() {
    return sign(wallet, separator, type, words);
  }

  /** By another key, in another domain, as another type, or with one bit of the message turned. */
  String forged(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> sign(stranger(random), separator, type, words);
      case 1 -> sign(wallet, elsewhere.get(random.nextInt(elsewhere.size())), type, words);
      case 2 -> sign(wallet, separator, turned(type, random), words);
      default -> {
        var others = words.toArray(Bytes32[]::new);
        int at = random.nextInt(others.length);
        others[at] = turned(others[at], random);
        yield sign(wallet, separator, type, List.of(others));
      }
    };
  }

  private static String sign(SigningKey key, Bytes32 separator, Bytes32 type, List<Bytes32> words) {
    var struct = Eip712.hashStruct(type, words.toArray(Bytes32[]::new));
    return key.sign(Eip712.digest(separator, struct)).toString();
  }

  private static SigningKey stranger(Random random) {
    return SigningKey.of(Keccak.hash("stranger " + random.nextLong()));
  }

  private static Bytes32 turned(Bytes32 word, Random random) {
    return Bytes32.of(word.toUnsigned().flipBit(random.nextInt(256)));
  }
}
