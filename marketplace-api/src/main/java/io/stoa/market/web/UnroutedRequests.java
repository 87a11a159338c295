package io.stoa.market.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Problems for requests that reach no resource: unknown paths, and what the HTTP server refuses.
 */
final class UnroutedRequests {
  private static final List<Integer> STATUSES = List.of(400, 404, 405, 406, 413, 415);

  private UnroutedRequests() {}

  static void install(@Observes Router router, ObjectMapper json) {
    router.route().last().handler(context -> send(context, HttpProblems.of(404), json));
    for (int status : STATUSES) {
      router.errorHandler(status, context -> send(context, HttpProblems.of(status), json));
    }
  }

  private static void send(RoutingContext context, Problem problem, ObjectMapper json) {
    if (context.response().headWritten()) {
      context.request().connection().close();
      return;
    }
    try {
      context
          .response()
          .setStatusCode(problem.status())
          .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
          .end(json.writeValueAsString(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
