package io.stoa.market.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.MarketException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BodyReaderTest {
  private final Vertx vertx = Vertx.vertx();
  private Duration answersAfter = Duration.ofMillis(1);

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aBodyIsGivenOutWhole() throws IOException {
    assertThat(answer(Duration.ofSeconds(30), 5, "Content-Length: 5\r\nConnection: close", "hello"))
        .startsWith("HTTP/1.1 200")
        .endsWith("hello");
  }

  @Test
  void aBodyThatIsTooLargeIsNone() throws IOException {
    assertThat(answer(Duration.ofSeconds(30), 4, "Content-Length: 5\r\nConnection: close", "hello"))
        .startsWith("HTTP/1.1 200")
        .endsWith("TOO_LARGE");
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws IOException {
    assertThat(
            answer(
                Duration.ofSeconds(30),
                5,
                "Expect: 100-continue\r\nContent-Length: 5\r\nConnection: close",
                "hello"))
        .startsWith("HTTP/1.1 100 Continue")
        .endsWith("hello");
  }

  @Test
  void whoWaitsForNothingElseIsToldOfATooLargeBodyBeforeItsEnd() {
    // Given
    var reader = new BodyReader(vertx, 4, Duration.ofSeconds(30));
    var told = new CompletableFuture<Throwable>();
    var server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> reader.read(request).whenComplete((_, why) -> told.complete(why)))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();

    // When
    var socket = vertx.createNetClient().connect(server.actualPort(), "127.0.0.1");
    socket.onSuccess(
        it -> it.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello"));

    // Then
    assertThat(told.join()).isInstanceOf(MarketException.TooLarge.class);
  }

  @Test
  void aBodyThatDoesNotEndIsNotWaitedForAndItsConnectionIsClosed() throws IOException {
    assertThat(answer(Duration.ofMillis(50), 5, "Content-Length: 5", "hell"))
        .startsWith("HTTP/1.1 200")
        .endsWith("TOO_SLOW");
  }

  @Test
  void theTimeOfABodyIsOverWithTheBody() throws IOException {
    answersAfter = Duration.ofMillis(200);

    assertThat(answer(Duration.ofMillis(50), 5, "Content-Length: 5\r\nConnection: close", "hello"))
        .endsWith("hello");
  }

  /** All that comes until the server hangs up. */
  private String answer(Duration patience, int most, String headers, String sent)
      throws IOException {
    var server = listen(new BodyReader(vertx, most, patience));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      socket
          .getOutputStream()
          .write(("POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n" + sent).getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private HttpServer listen(BodyReader reader) {
    return vertx
        .createHttpServer()
        .requestHandler(
            request ->
                reader.read(
                    request,
                    body ->
                        vertx.setTimer(
                            answersAfter.toMillis(), later -> request.response().end(body)),
                    fault -> request.response().end(fault.name())))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
