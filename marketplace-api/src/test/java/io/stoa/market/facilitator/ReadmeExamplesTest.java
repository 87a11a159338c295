package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeExamplesTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void whatTheReadmeOfX402ShowsIsCompiled() throws IOException {
    var compiled = plain(Path.of("src/test/java/io/stoa/market/facilitator/ReadmeExamples.java"));
    var shown =
        JAVA.matcher(Files.readString(Path.of("../x402/README.md"), UTF_8))
            .results()
            .map(block -> plain(block.group(1)))
            .toList();

    assertThat(shown).hasSize(3).allSatisfy(block -> assertThat(compiled).contains(block));
  }

  private static String plain(Path file) throws IOException {
    return plain(Files.readString(file, UTF_8));
  }

  private static String plain(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
