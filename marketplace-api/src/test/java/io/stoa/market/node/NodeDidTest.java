package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeDidTest {
  @Test
  void isTheOriginInTheWordsOfDidWeb() {
    assertThat(NodeDid.of(URI.create("https://market.example/")))
        .hasToString("did:web:market.example");
    assertThat(NodeDid.of(URI.create("http://127.0.0.1:8080")).key("origin"))
        .isEqualTo("did:web:127.0.0.1%3A8080#origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"market.example", "ftp://x", "https://x/y", "https://u@x", "https://x?q", "/"})
  void refusesWhatIsNoOrigin(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> NodeDid.of(URI.create(text)));
  }
}
