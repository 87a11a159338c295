package io.stoa.market.web;

import io.stoa.domain.MarketException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Collects bodies of requests: no more of one than allowed, and not for longer. */
public final class BodyReader {
  /** Of HTTP/2: the answer is whole, only the request is not (RFC 9113 section 8.1). */
  private static final long NO_ERROR = 0;

  private final Vertx vertx;
  private final int most;
  private final Duration patience;

  /** Why there is no body. */
  public enum Fault {
    TOO_LARGE,
    TOO_SLOW
  }

  /**
   * @param most bytes of a body
   * @param patience until it is here to its end
   */
  public BodyReader(Vertx vertx, int most, Duration patience) {
    this.vertx = vertx;
    this.most = most;
    this.patience = patience;
  }

  public int most() {
    return most;
  }

  /**
   * The body, or a failure that says what is wrong with it. Who asks leaves it to the end of the
   * response what becomes of the rest of a body.
   */
  public CompletionStage<Buffer> read(HttpServerRequest request) {
    var body = new CompletableFuture<Buffer>();
    collect(
        request,
        Refusal.AT_ONCE,
        body::complete,
        fault -> body.completeExceptionally(failure(fault)));
    return body;
  }

  private MarketException failure(Fault fault) {
    return switch (fault) {
      case TOO_LARGE ->
          new MarketException.TooLarge(
              "body-too-large", "The body is larger than %d bytes.".formatted(most));
      case TOO_SLOW ->
          new MarketException.Malformed(
              "body-too-slow",
              null,
              "The body took longer than %d seconds.".formatted(patience.toSeconds()));
    };
  }

  /**
   * Calls one of the two, once; neither if the connection breaks. Who is told that it was too slow
   * answers at once: then the connection ends.
   */
  public void read(HttpServerRequest request, Consumer<Buffer> whole, Consumer<Fault> without) {
    collect(
        request,
        Refusal.AT_THE_END,
        whole,
        fault -> {
          without.accept(fault);
          if (fault == Fault.TOO_SLOW) {
            hangUp(request);
          }
        });
  }

  /** When somebody is told that its body is too large. */
  private enum Refusal {
    AT_ONCE,
    AT_THE_END
  }

  private void collect(
      HttpServerRequest request, Refusal refusal, Consumer<Buffer> whole, Consumer<Fault> without) {
    var body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            patience.toMillis(),
            late -> {
              ignore(request);
              without.accept(Fault.TOO_SLOW);
            });
    request.handler(
        part -> {
          if (body.length() <= most) {
            body.appendBuffer(part);
          }
          if (body.length() > most && refusal == Refusal.AT_ONCE) {
            vertx.cancelTimer(timer);
            ignore(request);
            without.accept(Fault.TOO_LARGE);
          }
        });
    request.exceptionHandler(broken -> vertx.cancelTimer(timer));
    request.endHandler(
        end -> {
          vertx.cancelTimer(timer);
          if (body.length() > most) {
            without.accept(Fault.TOO_LARGE);
          } else {
            whole.accept(body);
          }
        });
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private static void ignore(HttpServerRequest request) {
    request.handler(part -> {});
    request.endHandler(end -> {});
  }

  /** The rest of the body is not waited for; other requests of the same connection go on. */
  private static void hangUp(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }
}
