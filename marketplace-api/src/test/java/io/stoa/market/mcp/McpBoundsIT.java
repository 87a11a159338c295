package io.stoa.market.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.market.web.Wire;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How large a message may be, and how many are in hand at a time. */
class McpBoundsIT {
  private static final int LARGEST = 256 * 1024;
  private static final int MOST_AT_ONCE = 256;
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

  private final RunningMarket market = RunningMarket.shared();

  @Test
  void aBodyMayBeSoLargeAndNoLarger() {
    // When
    var largest = post(PING + " ".repeat(LARGEST - PING.length()));
    var larger = post(PING + " ".repeat(LARGEST - PING.length() + 1));

    // Then
    assertThat(largest.statusCode()).as(largest.body()).isEqualTo(200);
    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(larger.body()).contains("\"body-too-large\"");
  }

  @Test
  void soManyMessagesAreInHandAndNoMore() throws IOException {
    var slow = new ArrayList<Wire>();
    try {
      // Given
      for (int i = 0; i < MOST_AT_ONCE; i++) {
        var wire = new Wire(market.origin());
        slow.add(wire);
        wire.begin(beginning());
      }

      // When
      await().until(() -> post(PING).statusCode() == 503);
      var oneMore = post(PING);
      var statuses = endsOf(slow);

      // Then
      assertThat(oneMore.body()).contains("\"node-busy\"");
      assertThat(statuses).hasSize(MOST_AT_ONCE).containsOnly(200);
      assertThat(post(PING).statusCode()).isEqualTo(200);
    } finally {
      for (var wire : slow) {
        wire.close();
      }
    }
  }

  private String beginning() {
    return "POST /mcp HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{"
        .formatted(market.origin().getAuthority(), PING.length());
  }

  private static List<Integer> endsOf(List<Wire> begun) throws IOException {
    var statuses = new ArrayList<Integer>();
    for (var wire : begun) {
      statuses.add(wire.send(PING.substring(1)).status());
    }
    return statuses;
  }

  private HttpResponse<String> post(String body) {
    return market.send(
        market
            .request("/mcp")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }
}
