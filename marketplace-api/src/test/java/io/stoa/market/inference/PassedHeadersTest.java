package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.payments.Answer;
import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassedHeadersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Accel-Redirect",
        "X-Accel-Expires",
        "X-Sendfile",
        "X-LIGHTTPD-send-file",
        "Surrogate-Control",
        "Surrogate-Key",
        "CDN-Cache-Control",
        "Cloudflare-CDN-Cache-Control",
        "Expires",
        "Pragma",
        "Cache-Control"
      })
  void aProviderDoesNotSteerWhatStandsInFrontOfTheNode(String name) {
    assertThat(PassedHeaders.toBuyer(MultiMap.caseInsensitiveMultiMap().add(name, "x"))).isEmpty();
  }

  @Test
  void whatIsMeantForTheBuyerIsPassedOn() {
    assertThat(
            PassedHeaders.toBuyer(MultiMap.caseInsensitiveMultiMap().add("X-Accelerated", "yes")))
        .containsExactly(new Answer.Header("x-accelerated", "yes"));
  }
}
