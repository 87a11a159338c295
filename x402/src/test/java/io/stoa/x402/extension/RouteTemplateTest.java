package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTemplateTest {
  @ParameterizedTest
  @ValueSource(strings = {"/users/:id", "/x/stoa/minilm/v1/embeddings", "/a%20b", "/a.b~c-d_e"})
  void aRouteIsAPathBelowTheOrigin(String path) {
    assertThat(RouteTemplate.find(path)).hasToString("Optional[" + path + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "users/:id",
        "/users?id",
        "/users/{id}",
        "/a b",
        "/a/../b",
        "/a/%2e%2e/b",
        "/a/%252e%252e/b",
        "/a/.%2E/b",
        "/http://evil.example",
        "/http%3a%2f%2fevil.example",
        "/http%253A//evil.example",
        "//evil.example",
        "/%2fevil.example",
        "/%5cevil.example",
        "/%25252525252541",
        "/%zz",
        "/%2",
        "/%c0%ae%c0%ae",
        "/über"
      })
  void whatLeadsElsewhereIsNoRoute(String path) {
    assertThat(RouteTemplate.find(path)).isEmpty();
  }
}
