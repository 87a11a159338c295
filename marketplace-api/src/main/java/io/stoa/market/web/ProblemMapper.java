package io.stoa.market.web;

import io.stoa.domain.MarketException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.System.Logger.Level;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Turns every failure of a resource into a {@link Problem}, those of the HTTP framework included.
 */
final class ProblemMapper {
  private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());

  ProblemMapper() {}

  @ServerExceptionMapper
  RestResponse<Problem> market(MarketException failure, RoutingContext request) {
    return answer(Problem.of(failure), failure, request);
  }

  @ServerExceptionMapper
  RestResponse<Problem> framework(WebApplicationException failure, RoutingContext request) {
    var response = failure.getResponse();
    var answer = answer(HttpProblems.of(response.getStatus()), failure, request);
    var allowed = response.getHeaderString(HttpHeaders.ALLOW);
    if (allowed != null) {
      answer.getHeaders().putSingle(HttpHeaders.ALLOW, allowed);
    }
    return answer;
  }

  @ServerExceptionMapper
  RestResponse<Problem> bug(Throwable failure, RoutingContext request) {
    return answer(HttpProblems.of(500), failure, request);
  }

  /** What went wrong after the answer had begun can only be told by ending the connection. */
  private static RestResponse<Problem> answer(
      Problem problem, Throwable failure, RoutingContext request) {
    boolean hasLeft = request.response().closed();
    if (request.response().headWritten()) {
      request.response().reset();
    }
    log(hasLeft ? Level.DEBUG : level(problem), problem, failure, request);
    var answer =
        RestResponse.ResponseBuilder.<Problem>create(problem.status())
            .entity(problem)
            .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
    problem
        .retryAfter()
        .ifPresent(pause -> answer.header(HttpHeaders.RETRY_AFTER, Math.max(1, pause.toSeconds())));
    return answer.build();
  }

  private static Level level(Problem problem) {
    return problem.status() >= 500 ? Level.ERROR : Level.DEBUG;
  }

  private static void log(Level level, Problem problem, Throwable failure, RoutingContext request) {
    if (LOG.isLoggable(level)) {
      var line =
          "request failed: requestId=%s code=%s method=%s path=%s"
              .formatted(
                  RequestId.of(request),
                  problem.code(),
                  request.request().method(),
                  request.request().path());
      LOG.log(level, line, problem.status() >= 500 ? failure : null);
    }
  }
}
