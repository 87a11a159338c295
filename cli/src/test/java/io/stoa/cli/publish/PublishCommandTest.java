package io.stoa.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.cli.CommandFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishCommandTest {
  @ParameterizedTest
  @CsvSource({
    "models/all-minilm-l6-v2-q.onnx, all-minilm-l6-v2-q",
    "My Model_v2.onnx, my-model-v2",
    "README, readme",
    "(draft).tar.gz, draft-tar"
  })
  void namesAServiceAfterItsFile(Path file, String service) {
    assertThat(PublishCommand.serviceNamedAfter(file)).hasToString(service);
  }

  @Test
  void asksForANameWhereTheFileHasNoneToUse() {
    assertThatExceptionOfType(CommandFailure.class)
        .isThrownBy(() -> PublishCommand.serviceNamedAfter(Path.of("___.bin")))
        .withMessageContaining("--service");
  }
}
