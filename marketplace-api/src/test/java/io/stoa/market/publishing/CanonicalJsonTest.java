package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.domain.MarketException.Malformed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | {}",
        "[] | []",
        "{\"b\":1,\"a\":2} | {\"a\":2,\"b\":1}",
        "{\"a\":{\"z\":[1, 2],\"y\":null}} | {\"a\":{\"y\":null,\"z\":[1,2]}}",
        "[true, false, 0, -0, -1, 1e3, 22972370.0] | [true,false,0,0,-1,1000,22972370]",
        "[9007199254740991] | [9007199254740991]",
        "[\"\\u0041\\u00e9\\/\\u001F\\n\\\"\"] | [\"Aé/\\u001f\\n\\\"\"]"
      })
  void writesEqualDocumentsAlike(String json, String canonical) throws Exception {
    assertThat(write(json)).isEqualTo(canonical);
  }

  @Test
  void isItsOwnFixedPoint() throws Exception {
    var once =
        write("{\"kind\":\"MODEL\",\"\\ud83d\\ude00\":[{\"b\":\"x\",\"a\":1}],\"\\ufb33\":2}");

    assertThat(write(once)).isEqualTo(once);
    assertThat(once.indexOf("\ud83d\ude00")).isLessThan(once.indexOf('\ufb33'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[0.5]", "[9007199254740992]", "[1e400]", "[-1e17]"})
  void refusesNumbersThatReadersMayReadDifferently(String json) {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> write(json))
        .satisfies(failure -> assertThat(failure.field()).isEqualTo("/doc/0"));
  }

  @Test
  void refusesHalfACharacter() {
    var half = JsonNodeFactory.instance.textNode("\ud83d");

    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> CanonicalJson.write("/doc", half));
  }

  private static String write(String json) throws Exception {
    return new String(CanonicalJson.write("/doc", new JsonMapper().readTree(json)), UTF_8);
  }
}
