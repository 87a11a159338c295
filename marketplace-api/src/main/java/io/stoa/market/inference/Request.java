package io.stoa.market.inference;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.RequestDigest;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * What is asked of a listing's provider, without the body, by whatever protocol it came.
 *
 * @param name finds it in the log: its id, or where it came by no request of its own, its resource
 * @param resource the public URL of what is asked for, without a query
 * @param line what tells it from other requests of the method: of HTTP, path and query as received
 * @param headers as received
 */
record Request(
    String name,
    String resource,
    String method,
    Target target,
    Optional<String> query,
    String line,
    MultiMap headers) {

  Sale.Asked asked() {
    return new Sale.Asked(resource, method, target.rest());
  }

  RequestDigest digest(Buffer body) {
    return new RequestDigest(method, line, Bytes32.sha256(body.getBytes()));
  }
}
