package io.stoa.domain.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stoa/minilm",
        "a-b-c/v1.2",
        "0x90f79bf6eb2c4f870365e785982e1f101e93b906/m",
        "123/x"
      })
  void aPathIsWhatItsTextSays(String text) {
    assertThat(ListingPath.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stoa",
        "/minilm",
        "stoa/",
        "st/minilm",
        "Stoa/minilm",
        "-stoa/minilm",
        "stoa-/minilm",
        "st--oa/minilm",
        "0xstoa/minilm",
        "abcdefghijklmnopqrstuvwxyz0123456/minilm",
        "stoa/mini lm",
        "stoa/../etc",
        "stoa/a/b"
      })
  void aPathOfAnotherFormIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ListingPath.parse(text));
  }
}
