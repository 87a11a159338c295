package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class NodeDidTest {
  @Test
  void isTheOriginInTheWordsOfDidWeb() {
    assertThat(NodeDid.of(new Origin(URI.create("https://market.example"))))
        .hasToString("did:web:market.example");
    assertThat(NodeDid.of(new Origin(URI.create("http://127.0.0.1:8080"))).key("origin"))
        .isEqualTo("did:web:127.0.0.1%3A8080#origin");
  }
}
