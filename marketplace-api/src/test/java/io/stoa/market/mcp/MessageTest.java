package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.MarketException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

  @Test
  void aRequestHasAnIdAMethodAndParameters() {
    // When
    var request =
        (Message.Request)
            one(
                "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\",\"params\":{\"x\":1},\"y\":2}");

    // Then
    assertThat(request.id().textValue()).isEqualTo("a");
    assertThat(request.method()).isEqualTo("ping");
    assertThat(request.params().json().path("x").intValue()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}"
      })
  void notificationsAndResponsesAreNotAnswered(String message) {
    assertThat(one(message)).isInstanceOf(Message.Unanswered.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | -32600 | null",
        "{} | -32600 | null",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"} | -32600 | 1",
        "{\"jsonrpc\":\"2.0\",\"id\":1} | -32600 | 1",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7} | -32600 | 1",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"} | -32600 | null",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"} | -32600 | null",
        "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"ping\"} | -32600 | null",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]} | -32602 | 1"
      })
  void whatIsNoRequestIsAnsweredWithTheReason(String message, int code, String id) {
    // When
    var invalid = (Message.Invalid) one(message);

    // Then
    assertThat(invalid.failure().error().path("code").intValue()).isEqualTo(code);
    assertThat(invalid.id()).hasToString(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{} {}", "{\"a\":1,\"a\":2}", "nothing", "[]"})
  void whatIsNoJsonIsAProblem(String body) {
    assertThatThrownBy(() -> Message.read(body.getBytes(UTF_8)))
        .isInstanceOf(MarketException.Malformed.class);
  }

  @Test
  void jsonThatNestsDeepIsAProblem() {
    assertThatThrownBy(() -> Message.read("[".repeat(5_000).getBytes(UTF_8)))
        .isInstanceOf(MarketException.Malformed.class);
  }

  @Test
  void aListHoldsEightMessagesAtMost() {
    // When
    var received = Message.read(list(8));

    // Then
    assertThat(received.isBatch()).isTrue();
    assertThat(received.messages()).hasSize(8);
    assertThatExceptionOfType(MarketException.Malformed.class)
        .isThrownBy(() -> Message.read(list(9)))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("batch-malformed"));
  }

  @Test
  void aBodyHoldsTwentyThousandValuesAndNamesAtMost() {
    // When
    var received = Message.read(ofTokens(20_000));

    // Then
    assertThat(received.messages()).singleElement().isInstanceOf(Message.Request.class);
    assertThatExceptionOfType(MarketException.TooLarge.class)
        .isThrownBy(() -> Message.read(ofTokens(20_001)))
        .satisfies(failure -> assertThat(failure.code()).isEqualTo("body-too-large"));
  }

  private static byte[] list(int messages) {
    return Collections.nCopies(messages, PING).toString().getBytes(UTF_8);
  }

  /** A request of so many names, values, and brackets, each of which is one. */
  private static byte[] ofTokens(int tokens) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"x\":%s}}"
        .formatted(Collections.nCopies(tokens - 14, 0))
        .getBytes(UTF_8);
  }

  private static Message one(String json) {
    return Message.read(json.getBytes(UTF_8)).messages().getFirst();
  }
}
