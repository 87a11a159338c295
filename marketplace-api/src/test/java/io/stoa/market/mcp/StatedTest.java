package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatedTest {
  private static final String MODERN =
      """
      {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{}}}}
      """;
  private static final String PLAIN =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{}}";

  @Test
  void whoSaysNothingSpeaksTheRevisionBeforeTheHeader() throws RpcFailure {
    assertThat(revision(PLAIN, null, null, null)).isEqualTo(Revision.MARCH_2025);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25"})
  void theHeaderSaysWhatWasAgreedUpon(String version) throws RpcFailure {
    assertThat(revision(PLAIN, version, null, null)).hasToString(version);
  }

  @Test
  void withoutAHandshakeEachRequestSaysItInItsBodyToo() throws RpcFailure {
    assertThat(revision(MODERN, "2026-07-28", "tools/call", "a")).isEqualTo(Revision.JULY_2026);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, tools/call, a",
        "2025-11-25, tools/call, a",
        "2026-07-28, -, a",
        "2026-07-28, tools/list, a",
        "2026-07-28, tools/call, -",
        "2026-07-28, tools/call, b"
      })
  void headersThatSaySomethingElseThanTheBodyAreRefused(
      String version, String method, String name) {
    var failure =
        catchThrowableOfType(RpcFailure.class, () -> revision(MODERN, version, method, name));

    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.error().path("code").intValue()).isEqualTo(-32020);
  }

  @Test
  void aVersionThatIsNotKnownIsAnsweredWithThoseThatAre() {
    var failure =
        catchThrowableOfType(RpcFailure.class, () -> revision(PLAIN, "1900-01-01", null, null));

    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.error().path("code").intValue()).isEqualTo(-32022);
    assertThat(failure.error().at("/data/requested").asText()).isEqualTo("1900-01-01");
    assertThat(failure.error().at("/data/supported")).hasSize(4);
  }

  @Test
  void onlyTheFirstRevisionTakesLists() {
    assertThat(stated(null, null, null).mayBatch()).isTrue();
    assertThat(stated("2025-03-26", null, null).mayBatch()).isTrue();
    assertThat(stated("2025-06-18", null, null).mayBatch()).isFalse();
    assertThat(stated("1900-01-01", null, null).mayBatch()).isFalse();
  }

  private static Revision revision(
      String message, @Nullable String version, @Nullable String method, @Nullable String name)
      throws RpcFailure {
    var request = (Message.Request) Message.read(message.getBytes(UTF_8)).messages().getFirst();
    return stated(version, method, name).revision(request);
  }

  private static Stated stated(
      @Nullable String version, @Nullable String method, @Nullable String name) {
    return new Stated(
        Optional.ofNullable(version), Optional.ofNullable(method), Optional.ofNullable(name));
  }
}
