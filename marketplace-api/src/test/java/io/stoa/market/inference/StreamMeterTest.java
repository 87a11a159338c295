package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Unit;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamMeterTest {
  private final StreamMeter meter = new StreamMeter(true, Map.of());

  @Test
  void eachEventWithDataIsATokenUntilTheProviderReports() {
    // When
    add(": hello\n\ndata: {\"a\":1}\n\ndata: {\"b\"", ":2}\n\nevent: x\r\ndata:\r\n\r\n");

    // Then
    assertThat(meter.usage().of(Unit.OUTPUT_TOKEN)).isEqualTo(2);
    assertThat(meter.certainUsage().counts()).doesNotContainKey(Unit.OUTPUT_TOKEN);
  }

  @Test
  void whatTheProviderReportsCounts() {
    // When
    add("data: {\"text\":\"a\"}\n\n");
    add("data: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":9}}\n\ndata: [DONE]\n\n");

    // Then
    assertThat(meter.usage().of(Unit.INPUT_TOKEN)).isEqualTo(5);
    assertThat(meter.usage().of(Unit.OUTPUT_TOKEN)).isEqualTo(9);
  }

  @Test
  void theLastReportCounts() {
    // When
    add("data: {\"message\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n");
    add("data: {\"usage\":{\"output_tokens\":7}}\n\n");

    // Then
    assertThat(meter.usage().of(Unit.INPUT_TOKEN)).isEqualTo(5);
    assertThat(meter.usage().of(Unit.OUTPUT_TOKEN)).isEqualTo(7);
  }

  @Test
  void whatWasSaidBeforeTheFirstByteCounts() {
    assertThat(new StreamMeter(false, Map.of(Unit.ITEM, 3L)).usage().of(Unit.ITEM)).isEqualTo(3);
  }

  @Test
  void bytesAreCountedAndHashedAsTheyPass() {
    // When
    add("one", "two");

    // Then
    assertThat(meter.usage().of(Unit.BYTE)).isEqualTo(6);
    assertThat(meter.sha256()).isEqualTo(Bytes32.sha256("onetwo".getBytes(UTF_8)));
  }

  @Test
  void aLineWithoutEndTakesNoMoreMemoryThanALongOne() {
    // When
    for (int i = 0; i < 100; i++) {
      add("data: " + "x".repeat(10_000));
    }
    add("\n");

    // Then
    assertThat(meter.usage().of(Unit.OUTPUT_TOKEN)).isOne();
  }

  private void add(String... parts) {
    for (var part : parts) {
      meter.add(part.getBytes(UTF_8));
    }
  }
}
