package io.stoa.market.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.local.process.Await;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.TestListing;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleIT {
  private static final URI ENDPOINT = URI.create("http://127.0.0.1:1/");

  @AutoClose private RunningMarket market;

  @BeforeAll
  void start() {
    market = RunningMarket.start(Map.of());
  }

  @Test
  void whatWasListedIsStillThereAfterAKillAndAfterAStop() {
    // Given
    var listing = TestListing.of("survivor").servedAt(ENDPOINT).in(market);
    var path = "/v1/listings/" + listing.path("listing").asText();

    // When
    market.kill();
    market.start();
    market.stop();
    market.start();

    // Then
    assertThat(market.get(path).body()).isEqualTo(listing.toString());
    assertThat(market.get("/ipfs/" + listing.path("manifest").path("cid").asText()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aSecondInstanceStandsByAndTakesOver() {
    // Given
    try (var second = market.secondInstance(Map.of())) {
      var before = TestListing.of("before").servedAt(ENDPOINT).in(market);
      var path = "/v1/listings/" + before.path("listing").asText();
      assertThat(second.get(path).body()).isEqualTo(before.toString());

      // When
      market.kill();
      var after = TestListing.of("after").servedAt(ENDPOINT).in(second);

      // Then
      assertThat(after.path("status").asText()).isEqualTo("ACTIVE");
    } finally {
      market.start();
    }
  }

  @Test
  void saysInOneSentenceWhatItLacks() {
    assertThat(lastWords(Map.of("stoa.chain.address-book", "/nowhere.json")))
        .isEqualTo("stoa: There is no address book at /nowhere.json.");
    assertThat(lastWords(Map.of("stoa.chain.id", "1"))).contains("stoa.chain.id says 1");
    assertThat(lastWords(Map.of("stoa.chain.id", "one"))).contains("stoa.chain.id");
    assertThat(lastWords(Map.of("stoa.chain.rpc", "ftp://x"))).contains("stoa.chain.rpc is wrong");
    assertThat(lastWords(Map.of("stoa.public-url", "http://x/y")))
        .isEqualTo("stoa: stoa.public-url is not an origin such as https://market.example.");
    assertThat(lastWords(Map.of("stoa.roles", "api,cook"))).contains("stoa.roles");
    assertThat(lastWords(Map.of("stoa.channels.withdraw-delay", "5m")))
        .isEqualTo("stoa: stoa.channels.withdraw-delay must be from 15 minutes to 30 days.");
    assertThat(lastWords(Map.of("stoa.chain.assets", "dollar")))
        .contains("stoa.chain.assets is wrong");
    assertThat(lastWords(Map.of("stoa.inference.max-timeout", "49s")))
        .isEqualTo(
            "stoa: stoa.inference.max-timeout must exceed stoa.inference.provider-timeout by 30 s.");
    assertThat(lastWords(Map.of("stoa.inference.stream-timeout", "9h")))
        .contains("stoa.inference.stream-timeout must be a third of stoa.channels.withdraw-delay");
    assertThat(lastWords(Map.of("stoa.inference.max-request-body", "3G")))
        .isEqualTo("stoa: stoa.inference.max-request-body must be less than 2G.");
    assertThat(lastWords(Map.of("stoa.payments.wallet-factories", "0x12")))
        .contains("stoa.payments.wallet-factories is wrong");
    assertThat(lastWords(Map.of("stoa.anchors.epoch", "1500ms")))
        .isEqualTo("stoa: stoa.anchors.epoch must be whole seconds, one at least.");
    assertThat(lastWords(Map.of("stoa.facilitator.requests-per-second", "0")))
        .isEqualTo("stoa: The rates of stoa.facilitator must be 1 a second at least.");
    assertThat(lastWords(Map.of("quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:9/x")))
        .contains("The database at jdbc:postgresql://127.0.0.1:9/x");
    assertThat(lastWords(Map.of("quarkus.http.port", Integer.toString(market.origin().getPort()))))
        .isEqualTo("stoa: The port is taken: stop what listens there or set quarkus.http.port.");
  }

  @Test
  void inProductionItRefusesToStartWithoutItsKeys() {
    var words =
        lastWords(
            Map.of(
                "quarkus.profile", "prod",
                "stoa.public-url", "https://market.example"));

    assertThat(words)
        .isEqualTo("stoa: stoa.keys.password-file is missing: the node needs its keystores.");
  }

  @Test
  void stopsAtOnceWhenItIsAsked() {
    long asked = System.nanoTime();

    market.stop();

    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(15));
    market.start();
    assertThat(
            Await.until(
                Duration.ofSeconds(20), () -> market.get("/v1/listings").statusCode() == 200))
        .isTrue();
  }

  private String lastWords(Map<String, String> wrong) {
    return market.lastWordsUnder(wrong);
  }
}
