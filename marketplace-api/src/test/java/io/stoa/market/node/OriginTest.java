package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {
  @Test
  void endsWithoutASlash() {
    assertThat(new Origin(URI.create("https://market.example/")))
        .hasToString("https://market.example")
        .isEqualTo(new Origin(URI.create("https://market.example")));
    assertThat(new Origin(URI.create("http://[::1]:8080/"))).hasToString("http://[::1]:8080");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "market.example",
        "ftp://x",
        "https://x/y",
        "https://u@x",
        "https://x?q",
        "https://x#f",
        "/"
      })
  void refusesWhatIsNoOrigin(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Origin(URI.create(text)));
  }
}
