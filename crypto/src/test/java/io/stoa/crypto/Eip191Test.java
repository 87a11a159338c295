package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Eip191Test {
  @ParameterizedTest
  @CsvSource({
    "'',0x5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad",
    "hello,0x50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750",
    "grüße,0x72c2d113686c80b6cd7c0890bd28d09912ae3059f045aa1156c2b6ef68b186bf"
  })
  void aTextIsSignedWithItsLengthInBytes(String text, String digest) {
    assertThat(Eip191.digest(text)).hasToString(digest);
  }
}
