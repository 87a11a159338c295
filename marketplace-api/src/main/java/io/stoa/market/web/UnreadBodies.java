package io.stoa.market.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes what is left of a body that was refused before it was read to its end: many clients look at
 * the answer only once they have sent everything. Somebody who goes on sending for long is cut off.
 */
final class UnreadBodies {
  private static final long MOST_BYTES = 8L << 20;
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int EARLY = 9_000;

  private UnreadBodies() {}

  static void install(@Observes Filters filters) {
    filters.register(UnreadBodies::watch, EARLY);
  }

  private static void watch(RoutingContext context) {
    context.addEndHandler(_ -> discard(context));
    context.next();
  }

  private static void discard(RoutingContext context) {
    var request = context.request();
    if (request.isEnded() || context.response().closed()) {
      return;
    }
    var received = new AtomicLong();
    // The end may have come before its handler was there: then the connection serves others by now.
    long timer =
        context
            .vertx()
            .setTimer(
                LONGEST.toMillis(),
                _ -> {
                  if (!request.isEnded()) {
                    request.connection().close();
                  }
                });
    request.exceptionHandler(_ -> context.vertx().cancelTimer(timer));
    request.endHandler(_ -> context.vertx().cancelTimer(timer));
    request.handler(
        part -> {
          if (received.addAndGet(part.length()) > MOST_BYTES) {
            context.vertx().cancelTimer(timer);
            request.connection().close();
          }
        });
    request.resume();
    // The end may have come before somebody listened for it. Whoever reads part by part leaves a
    // request that never says it has ended until it is resumed.
    if (request.isEnded()) {
      context.vertx().cancelTimer(timer);
    }
  }
}
