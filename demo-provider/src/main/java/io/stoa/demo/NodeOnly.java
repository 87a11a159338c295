package io.stoa.demo;

import com.sun.net.httpserver.HttpExchange;
import io.stoa.crypto.http.HttpSignature;
import io.stoa.crypto.http.RequestView;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/** Admits what the node has signed within the last minute, each signature once. */
final class NodeOnly implements Caller {
  static final Duration MAX_AGE = Duration.ofSeconds(60);

  private final NodeKeys keys;
  private final SeenNonces seen;
  private final InstantSource clock;

  NodeOnly(NodeKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
    // A signature may be five seconds ahead of our clock.
    this.seen = new SeenNonces(MAX_AGE.plusSeconds(10), clock);
  }

  /** Takes the node's keys from its {@code /.well-known/did.json}. */
  static NodeOnly of(URI node) {
    var clock = InstantSource.system();
    return new NodeOnly(new NodeKeys(new DidDocument(node)::fetch, clock), clock);
  }

  @Override
  public void admit(HttpExchange exchange, byte[] body) throws Refusal {
    var signature =
        new HttpSignature(
            header(exchange, "Content-Digest"),
            header(exchange, "Signature-Input"),
            header(exchange, "Signature"));
    var uri = exchange.getRequestURI();
    var request =
        RequestView.of(
            exchange.getRequestMethod(),
            header(exchange, "Host"),
            uri.getRawPath(),
            uri.getRawQuery() == null ? "" : uri.getRawQuery(),
            body);
    switch (signature.verify(request, keys::find, clock.instant(), MAX_AGE)) {
      case HttpSignature.Check.Failed(var reason) ->
          throw Refusal.unsigned("Only the node may call this endpoint: " + reason + ".");
      case HttpSignature.Check.Passed(_, var nonce) -> {
        if (!seen.isNew(nonce)) {
          throw Refusal.unsigned("This signature was used before.");
        }
      }
    }
  }

  private static String header(HttpExchange exchange, String name) throws Refusal {
    var values = exchange.getRequestHeaders().get(name);
    if (values == null || values.size() != 1) {
      throw Refusal.unsigned(
          "Only the node may call this endpoint, with one %s header.".formatted(name));
    }
    return values.getFirst();
  }
}
