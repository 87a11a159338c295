package io.stoa.market.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.market.web.Problem;
import io.stoa.payments.Answer;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.extension.SignInWithX;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Those who call by HTTP: the headers, statuses and bodies of their answers. Strangers' bytes leave
 * sandboxed, and nothing that was paid for may be cached by others.
 */
@Singleton
final class HttpCallers {
  private static final Set<String> ACTIVE_CONTENT =
      Set.of("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml");

  private static final String RECEIPT = "Stoa-Receipt";

  private final SignInWithX signIns;
  private final VersionOne versionOne;
  private final Clock clock;
  private final ObjectMapper json;

  HttpCallers(SignInWithX signIns, VersionOne versionOne, Clock clock, ObjectMapper json) {
    this.signIns = signIns;
    this.versionOne = versionOne;
    this.clock = clock;
    this.json = json;
  }

  Caller of(RoutingContext context, Request request) {
    return new HttpCaller(context, request);
  }

  /** The answer to a request that names nothing that could be called. */
  void problem(RoutingContext context, Problem problem) {
    var response = context.response();
    problem
        .retryAfter()
        .ifPresent(
            pause ->
                response.putHeader("Retry-After", Long.toString(Math.max(1, pause.toSeconds()))));
    response.putHeader("Content-Type", Problem.MEDIA_TYPE);
    try {
      send(response, problem.status(), json.writeValueAsBytes(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private final class HttpCaller implements Caller {
    private final RoutingContext context;
    private final Request request;

    HttpCaller(RoutingContext context, Request request) {
      this.context = context;
      this.request = request;
    }

    @Override
    public Request request() {
      return request;
    }

    @Override
    public boolean takesStreams() {
      return true;
    }

    @Override
    public void tell(SettlementResponse outcome) {
      context.response().putHeader(X402.PAYMENT_RESPONSE, outcome.header());
      versionOne.tell(context.request(), context.response(), outcome);
    }

    @Override
    public void tellReceipt(String path) {
      context.response().putHeader(RECEIPT, path);
    }

    @Override
    public void answer(Answer answer) {
      var response = context.response();
      head(response, answer.status(), answer.headers());
      end(response, Buffer.buffer(answer.body().toBytes()));
    }

    @Override
    public void decline(Answer answer) {
      answer(answer);
    }

    @Override
    public void nothing() {
      var response = context.response();
      response.putHeader("Cache-Control", "private, no-store").setStatusCode(204);
      end(response, Buffer.buffer());
    }

    @Override
    public PaymentRequired advertised(PaymentRequired terms) {
      return terms.with(SignInWithX.KEY, signIns.terms(context.request().path()));
    }

    @Override
    public void require(PaymentRequired terms, Problem problem) {
      var response = context.response();
      var challenge = signIns.challenge(context.request().path(), clock.instant());
      response.putHeader(X402.PAYMENT_REQUIRED, terms.with(SignInWithX.KEY, challenge).header());
      var old = problem.status() == 402 ? versionOne.terms(terms) : Optional.<byte[]>empty();
      if (old.isPresent()) {
        response.putHeader("Content-Type", "application/json");
        send(response, problem.status(), old.get());
      } else {
        problem(problem);
      }
    }

    @Override
    public void problem(Problem problem) {
      HttpCallers.this.problem(context, problem);
    }

    @Override
    public StreamReply begin(
        SettlementResponse begun,
        ProviderStream stream,
        UnaryOperator<SettlementResponse> receipt) {
      var response = context.response();
      response.putHeader(X402.PAYMENT_RESPONSE, begun.header());
      head(response, stream.status(), stream.headers());
      return StreamReply.begin(response, stream.isEventStream(), receipt);
    }
  }

  /** What is this node's own. */
  private static void send(HttpServerResponse response, int status, byte[] body) {
    response.putHeader("Cache-Control", "no-store");
    end(response.setStatusCode(status), Buffer.buffer(body));
  }

  private static void head(HttpServerResponse response, int status, List<Answer.Header> headers) {
    headers.forEach(header -> response.headers().add(header.name(), header.value()));
    response
        .setStatusCode(status)
        .putHeader("Cache-Control", "private, no-store")
        .putHeader("Content-Security-Policy", "sandbox")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (ACTIVE_CONTENT.contains(MediaTypes.essence(response.headers().get("Content-Type")))) {
      response.putHeader("Content-Disposition", "attachment");
    }
  }

  /** A buyer who hung up gets nothing; the payment keeps its course. */
  private static void end(HttpServerResponse response, Buffer body) {
    if (!response.closed() && !response.ended()) {
      response.end(body);
    }
  }
}
