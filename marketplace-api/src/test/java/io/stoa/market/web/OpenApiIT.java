package io.stoa.market.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenApiIT {
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * After a wanted change: copy target/openapi/openapi.yaml over the contract, and review the
   * difference.
   */
  @Test
  void theServiceServesWhatTheContractPromises() throws IOException {
    var served = YAML.readTree(RunningMarket.shared().get("/q/openapi").body());
    var promised = YAML.readTree(Path.of("../docs/api/openapi.yaml").toFile());

    assertThat(served).isEqualTo(promised);
  }
}
