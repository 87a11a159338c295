package io.stoa.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** {@code GET /health}: 200 once the model is loaded, 503 before and when it cannot be. */
final class Health implements HttpHandler {
  private final CompletableFuture<Embedder> embedder;

  Health(CompletableFuture<Embedder> embedder) {
    this.embedder = embedder;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean ready = embedder.state() == CompletableFuture.State.SUCCESS;
      Replies.send(
          exchange,
          ready ? 200 : 503,
          JsonNodeFactory.instance.objectNode().put("status", ready ? "up" : "loading"));
    }
  }
}
