package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FastestSecp256k1Test {

  @Test
  void javaStepsInWhereTheNativeLibraryDoesNotLink() {
    Supplier<Secp256k1> missing =
        () -> {
          throw new UnsatisfiedLinkError("no such library");
        };

    assertThat(FastestSecp256k1.choose(missing)).isInstanceOf(JavaSecp256k1.class);
  }

  @Test
  void javaStepsInWhereTheLoaderThrowsACheckedExceptionUnseen() {
    Supplier<Secp256k1> reflective =
        () -> {
          FastestSecp256k1Test.<RuntimeException>unseen(new NoSuchMethodException("load"));
          return new NativeSecp256k1();
        };

    assertThat(FastestSecp256k1.choose(reflective)).isInstanceOf(JavaSecp256k1.class);
  }

  @Test
  void whatLoadsIsUsed() {
    var loaded = new JavaSecp256k1();

    assertThat(FastestSecp256k1.choose(() -> loaded)).isSameAs(loaded);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void unseen(Exception failure) throws E {
    throw (E) failure;
  }
}
