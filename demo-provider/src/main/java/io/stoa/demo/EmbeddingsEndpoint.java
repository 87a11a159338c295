package io.stoa.demo;

import static java.lang.System.Logger.Level.ERROR;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.stoa.demo.Embedder.Embedded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** {@code POST /v1/embeddings}, as OpenAI's API has it, for signed requests only. */
final class EmbeddingsEndpoint implements HttpHandler {
  /** Longest body in bytes: some forty thousand words. */
  static final int MAX_BODY = 256 * 1024;

  private static final System.Logger LOG = System.getLogger(EmbeddingsEndpoint.class.getName());

  private final CompletableFuture<Embedder> embedder;
  private final Caller caller;

  /**
   * @param embedder may still be loading: requests wait for it
   */
  EmbeddingsEndpoint(CompletableFuture<Embedder> embedder, Caller caller) {
    this.embedder = embedder;
    this.caller = caller;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (Refusal refusal) {
        Replies.send(exchange, refusal.status(), Replies.error(refusal));
      } catch (RuntimeException e) {
        LOG.log(ERROR, "request failed", e);
        var refusal = Refusal.failed();
        Replies.send(exchange, refusal.status(), Replies.error(refusal));
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException, Refusal {
    if (!exchange.getRequestURI().getPath().equals("/v1/embeddings")) {
      throw Refusal.notFound();
    }
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      throw Refusal.wrongMethod("POST");
    }
    var body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw Refusal.tooLarge("The body is larger than " + MAX_BODY + " bytes.");
    }
    caller.admit(exchange, body);
    var model = model();
    var request = EmbeddingRequest.parse(body, model.dimensions());
    var embedded = new ArrayList<Embedded>();
    for (var text : request.inputs()) {
      embedded.add(model.embed(text));
    }
    Replies.send(exchange, 200, Replies.embeddings(model.model(), embedded, request.encoding()));
  }

  private Embedder model() throws Refusal {
    try {
      return embedder.join();
    } catch (CompletionException e) {
      throw Refusal.unavailable("The model could not be loaded.");
    }
  }
}
