package io.stoa.market.inference;

import io.stoa.payments.Answer;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An answer that comes in parts, taken one by one: its provider is never far ahead of its buyer.
 */
final class ProviderStream {
  private static final int AHEAD = 8;

  private final HttpClientResponse response;
  private final Context context;
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

  /** What comes next. */
  sealed interface Step {
    record Part(Buffer bytes) implements Step {}

    /** It came whole. */
    record End() implements Step {}

    /** It broke off, or came no further in time. */
    record Broken() implements Step {}
  }

  /**
   * To be called where the response arrived, before anything of its body passed by.
   *
   * @param context of the response
   */
  ProviderStream(HttpClientResponse response, Context context) {
    this.response = response;
    this.context = context;
    response.pause();
    response.handler(part -> steps.add(new Step.Part(part)));
    response.endHandler(end -> steps.add(new Step.End()));
    response.exceptionHandler(failure -> steps.add(new Step.Broken()));
    response.fetch(AHEAD);
  }

  int status() {
    return response.statusCode();
  }

  List<Answer.Header> headers() {
    return PassedHeaders.toBuyer(response.headers());
  }

  boolean isEventStream() {
    return isEventStream(response);
  }

  /** Blocks: call from a virtual thread. */
  Step next(Duration patience) {
    try {
      var step = steps.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (step == null) {
        return new Step.Broken();
      }
      if (step instanceof Step.Part) {
        context.runOnContext(taken -> response.fetch(1));
      }
      return step;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while an answer was passed on", interrupted);
    }
  }

  /** The provider need not go on. */
  void cancel() {
    response.request().reset();
  }

  /**
   * Whether it is worth something in parts: a stream of events, or anything but JSON whose length
   * nobody knew when it began.
   */
  static boolean isOne(HttpClientResponse response) {
    return isEventStream(response)
        || (response.getHeader("content-length") == null
            && response.getHeader("transfer-encoding") != null
            && !type(response).endsWith("json"));
  }

  private static boolean isEventStream(HttpClientResponse response) {
    return type(response).equals(MediaTypes.EVENTS);
  }

  private static String type(HttpClientResponse response) {
    return MediaTypes.essence(response.getHeader("content-type"));
  }
}
