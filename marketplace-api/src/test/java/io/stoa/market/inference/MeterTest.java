package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.stoa.domain.Bytes;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Answer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeterTest {
  private static final Duration BRIEF = Duration.ofMillis(1_200);

  private final Meter meter = new Meter(Duration.ofSeconds(20), Duration.ofMinutes(5), 4_096);

  @Test
  void whatARequestSaysItMayWriteIsItsLimit() {
    // When
    var limits = limits("{\"max_tokens\":100,\"prompt\":\"x\"}");

    // Then
    assertThat(limits.of(Unit.OUTPUT_TOKEN)).isEqualTo(100);
    assertThat(limits.of(Unit.INPUT_TOKEN)).isEqualTo(31);
  }

  @Test
  void everyChoiceWritesAsMuch() {
    assertThat(limits("{\"max_output_tokens\":100,\"n\":3}").of(Unit.OUTPUT_TOKEN)).isEqualTo(300);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"max_tokens\":0}",
        "{\"max_tokens\":-1}",
        "{\"max_tokens\":1e3}",
        "{\"max_tokens\":\"100\"}",
        "{\"max_tokens\":99999999999}",
        "{\"max_tokens\":100,\"n\":\"many\"}",
        "{\"max_tokens\":100,\"n\":1000}"
      })
  void whatNobodyCanReadIsNoLimit(String body) {
    assertThat(limits(body).counts()).doesNotContainKey(Unit.OUTPUT_TOKEN);
  }

  @Test
  void onlyTheRequestsOwnMembersCount() {
    // When
    var limits =
        limits(
            "{\"messages\":[{\"max_tokens\":7,\"stream\":true}],\"max_tokens\":100,"
                + "\"options\":{\"n\":3}}");

    // Then
    assertThat(limits.of(Unit.OUTPUT_TOKEN)).isEqualTo(100);
    assertThat(limits.of(Unit.SECOND)).isEqualTo(20);
  }

  @Test
  void aLargeBodyCostsLittleMoreThanItsBytes() {
    // Given: a tree of it takes more than ten times as much
    var body = ("{\"a\":[" + "{},".repeat(300_000) + "{}],\"max_tokens\":100}").getBytes(UTF_8);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    meter.limits(body);

    // When
    long before = threads.getCurrentThreadAllocatedBytes();
    var limits = meter.limits(body);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // Then
    assertThat(limits.of(Unit.OUTPUT_TOKEN)).isEqualTo(100);
    assertThat(allocated).isLessThan(body.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no JSON", "[1]", "\u0000", "{\"max_tokens\":5", "{\"a\":[}"})
  void aBodyThatIsNoObjectLimitsNoTokens(String body) {
    assertThat(limits(body).counts()).containsOnlyKeys(Unit.SECOND, Unit.BYTE);
  }

  @Test
  void timeAndBytesAreLimitedByTheNodeItself() {
    assertThat(limits("").of(Unit.SECOND)).isEqualTo(20);
    assertThat(limits("").of(Unit.BYTE)).isEqualTo(4_096);
  }

  @Test
  void whoAsksForAStreamMayWaitLonger() {
    assertThat(limits("{\"stream\":true}").of(Unit.SECOND)).isEqualTo(300);
  }

  @Test
  void theTokensOfAModelAreThoseItsAnswerNames() {
    // When
    var usage = count(List.of(), "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}");

    // Then
    assertThat(usage.of(Unit.INPUT_TOKEN)).isEqualTo(5);
    assertThat(usage.of(Unit.OUTPUT_TOKEN)).isEqualTo(7);
    assertThat(usage.of(Unit.SECOND)).isEqualTo(2);
    assertThat(usage.of(Unit.BYTE)).isEqualTo(51);
  }

  @Test
  void theProvidersOwnFieldComesFirst() {
    // When
    var usage =
        count(
            List.of(
                new Answer.Header(
                    ReportedUsage.FIELD, "input_token=1, item=3,output_token=x, second=99")),
            "{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}");

    // Then
    assertThat(usage.of(Unit.INPUT_TOKEN)).isEqualTo(1);
    assertThat(usage.of(Unit.ITEM)).isEqualTo(3);
    assertThat(usage.counts()).doesNotContainKey(Unit.OUTPUT_TOKEN);
    assertThat(usage.of(Unit.SECOND)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not JSON",
        "{\"usage\":7}",
        "{\"usage\":{\"prompt_tokens\":-5}}",
        "{\"usage\":{\"prompt_tokens\":\"5\"}}"
      })
  void whatAnAnswerDoesNotSayWasNotUsed(String body) {
    assertThat(count(List.of(), body).counts()).containsOnlyKeys(Unit.SECOND, Unit.BYTE);
  }

  @Test
  void aStreamThatWasGatheredCountsLikeOneThatWasPassedOn() {
    // Given
    var events = List.of(new Answer.Header("content-type", "text/event-stream; charset=utf-8"));
    var silent = "data: a\n\ndata: b\n\ndata: [DONE]\n\n";
    var telling = "data: a\n\ndata: {\"usage\":{\"completion_tokens\":7}}\n\n";

    // Then
    assertThat(count(events, silent).of(Unit.OUTPUT_TOKEN)).isEqualTo(2);
    assertThat(count(events, telling).of(Unit.OUTPUT_TOKEN)).isEqualTo(7);
    assertThat(count(events, silent).of(Unit.SECOND)).isEqualTo(2);
    assertThat(count(events, silent).of(Unit.BYTE)).isEqualTo(silent.length());
  }

  private Usage limits(String body) {
    return meter.limits(body.getBytes(UTF_8));
  }

  private Usage count(List<Answer.Header> headers, String body) {
    return meter.count(
        new Answer(200, headers, Bytes.of(body.getBytes(UTF_8)), Instant.EPOCH), BRIEF);
  }
}
