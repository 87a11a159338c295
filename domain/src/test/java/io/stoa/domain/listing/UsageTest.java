package io.stoa.domain.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @Test
  void unitsStandInOneOrderHoweverTheyWereCounted() {
    assertThat(new Usage(Map.of(Unit.ITEM, 0L, Unit.OUTPUT_TOKEN, 34L, Unit.INPUT_TOKEN, 12L)))
        .hasToString("input_token=12, output_token=34, item=0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "input_token=12, output_token=34",
        "output_token=34",
        "second=1, byte=9223372036854775807, item=0"
      })
  void isReadAsItIsWritten(String text) {
    assertThat(Usage.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "input_token",
        "input_token=",
        "input_token=12,",
        "input_token=12, ",
        "input_token=12,output_token=34",
        "output_token=34, input_token=12",
        "input_token=1, input_token=1",
        "input_token=012",
        "input_token=+12",
        "input_token=-1",
        "input_token=9223372036854775808",
        "INPUT_TOKEN=12",
        "token=12"
      })
  void thereIsOneSpelling(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Usage.parse(text));
  }

  @Test
  void nothingIsUsedLessThanNotAtAll() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Usage(Map.of(Unit.BYTE, -1L)));
  }
}
