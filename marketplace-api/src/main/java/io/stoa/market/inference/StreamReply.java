package io.stoa.market.inference;

import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * An answer on its way to a buyer in parts. What it cost is said at its end: in an event {@code
 * payment-response} of an event stream, and in a trailer of every stream. Blocks: call from a
 * virtual thread.
 */
final class StreamReply {
  private final HttpServerResponse response;
  private final boolean isEventStream;
  private final UnaryOperator<SettlementResponse> receipt;

  private StreamReply(
      HttpServerResponse response,
      boolean isEventStream,
      UnaryOperator<SettlementResponse> receipt) {
    this.response = response;
    this.isEventStream = isEventStream;
    this.receipt = receipt;
  }

  /**
   * The response has its status and its headers.
   *
   * @param receipt adds to a settlement that it was for a whole answer
   */
  static StreamReply begin(
      HttpServerResponse response,
      boolean isEventStream,
      UnaryOperator<SettlementResponse> receipt) {
    response.setChunked(true).putHeader("Trailer", X402.PAYMENT_RESPONSE);
    return new StreamReply(response, isEventStream, receipt);
  }

  /** Whether the buyer's end of the connection took it in time. */
  boolean write(Buffer part, Duration patience) {
    return !response.closed() && isDone(response.write(part), patience);
  }

  /** The whole answer was passed on. */
  void end(SettlementResponse settlement) {
    var confirmed = receipt.apply(settlement);
    say(confirmed);
    response.putTrailer(X402.PAYMENT_RESPONSE, confirmed.header());
    response.end();
  }

  /** It is not whole, and the buyer must see that: the connection ends without an end. */
  void cut(SettlementResponse settlement) {
    say(settlement);
    cut();
  }

  void cut() {
    response.reset();
  }

  private void say(SettlementResponse settlement) {
    if (isEventStream && !response.closed()) {
      response.write("\n\nevent: payment-response\ndata: " + settlement.header() + "\n\n");
    }
  }

  private static boolean isDone(Future<Void> written, Duration patience) {
    try {
      written
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while an answer was passed on", interrupted);
    } catch (ExecutionException | TimeoutException gone) {
      return false;
    }
  }
}
