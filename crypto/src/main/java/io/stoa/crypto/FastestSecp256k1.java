package io.stoa.crypto;

import java.util.function.Supplier;

/** Decides once, at first use, which implementation this machine can run. */
final class FastestSecp256k1 {
  static final Secp256k1 INSTANCE = choose();

  private FastestSecp256k1() {}

  private static Secp256k1 choose() {
    return choose(NativeSecp256k1::new);
  }

  /** Catches everything: the library loads by reflection and throws checked exceptions unseen. */
  static Secp256k1 choose(Supplier<Secp256k1> preferred) {
    try {
      return preferred.get();
    } catch (Exception | LinkageError notOnThisMachine) {
      System.getLogger(Secp256k1.class.getName())
          .log(System.Logger.Level.INFO, "native secp256k1 does not load, using Java");
      return new JavaSecp256k1();
    }
  }
}
