package io.stoa.market.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OperationsIT {
  private final RunningMarket market = RunningMarket.shared();

  @Test
  void readinessSpeaksOfEverythingItDependsOn() throws IOException {
    var checks = new JsonMapper().readTree(market.get("/q/health/ready").body()).path("checks");

    assertThat(checks.findValuesAsText("name")).contains("chain", "indexer", "senders", "claims");
    assertThat(checks.findValuesAsText("status")).containsOnly("UP");
  }

  @Test
  void isAliveWhateverItDependsOn() {
    assertThat(market.get("/q/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsHaveWhatAnOperatorLooksFor() {
    assertThat(market.get("/q/metrics").body())
        .contains("stoa_indexer_lag_blocks ")
        .contains("stoa_indexer_block ")
        .contains("stoa_chain_head_block ")
        .contains("stoa_sender_balance_wei{account=\"0x")
        .contains("stoa_payments_undecided ")
        .contains("stoa_instance_alone 1.0");
  }

  @Test
  void everyAnswerHasARequestId() {
    var given =
        market.send(market.request("/v1/listings").header("X-Request-Id", "mine-1").build());
    var forged =
        market.send(market.request("/nothing").header("X-Request-Id", "a b<script>").build());

    assertThat(given.headers().firstValue("X-Request-Id")).contains("mine-1");
    assertThat(forged.headers().firstValue("X-Request-Id").orElseThrow()).hasSize(36);
    assertThat(market.get("/q/health/live").headers().firstValue("X-Request-Id")).isPresent();
  }
}
