package io.stoa.market.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException.Malformed;
import io.stoa.domain.MarketException.TooLarge;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "null", "1", "{}{}", "{} x", "{\"owner\":\"a\",\"owner\":\"b\"}"})
  void refusesWhatIsNotOneObject(String json) {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> JsonBody.parse(json.getBytes(UTF_8), "owner"))
        .satisfies(failure -> assertThat(failure.field()).isNull());
  }

  @Test
  void namesAnUnknownField() {
    assertField("/x", () -> parse("{\"x\":1}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"owner\":1}", "{\"owner\":null}", "{\"owner\":\"0x12\"}"})
  void namesAMissingOrUnreadableField(String json) {
    assertField("/owner", () -> parse(json).get("owner", Address::parse));
  }

  @Test
  void namesAFieldDeepInside() {
    assertField(
        "/splits/1/bps",
        () ->
            parse("{\"splits\":[{\"bps\":1},{\"bps\":\"1\"}]}")
                .objects("splits", 16, "bps")
                .forEach(split -> split.number("bps", 1, 10_000)));
  }

  @Test
  void readsABodyUpToItsLimitAndNoFurther() {
    assertThat(JsonBody.bounded(new ByteArrayInputStream(new byte[10]), 10)).hasSize(10);
    assertThatExceptionOfType(TooLarge.class)
        .isThrownBy(() -> JsonBody.bounded(new ByteArrayInputStream(new byte[11]), 10));
  }

  @Test
  void readsABodyForHalfAMinuteAndNoLonger() {
    assertThat(dripping(Duration.ofSeconds(15))).hasSize(2);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> dripping(Duration.ofSeconds(15).plusNanos(1)))
        .satisfies(slow -> assertThat(slow.code()).isEqualTo("body-too-slow"));
  }

  /** Reads a body of two bytes, each of which takes so long. */
  private static byte[] dripping(Duration each) {
    var now = new AtomicLong(Long.MAX_VALUE);
    var drops =
        new ByteArrayInputStream(new byte[2]) {
          @Override
          public int read(byte[] into) {
            now.addAndGet(each.toNanos());
            return super.read(into, 0, 1);
          }
        };
    return JsonBody.bounded(drops, 10, now::get);
  }

  private static JsonBody parse(String json) {
    return JsonBody.parse(json.getBytes(UTF_8), "owner", "splits");
  }

  private static void assertField(
      String pointer, org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(reading)
        .satisfies(failure -> assertThat(failure.field()).isEqualTo(pointer));
  }
}
