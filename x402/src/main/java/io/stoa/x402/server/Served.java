package io.stoa.x402.server;

import io.stoa.x402.X402;
import java.util.Map;
import java.util.Optional;

/**
 * How a request to something that costs money ends. The status and the headers are to be sent as
 * they are; there is a body only for what was paid.
 *
 * @param body empty unless it was paid for
 */
public record Served<T>(int status, Map<String, String> headers, Optional<T> body) {
  public Served {
    headers = Map.copyOf(headers);
  }

  static <T> Served<T> paid(T body, String response) {
    return new Served<>(
        200,
        Map.of(X402.PAYMENT_RESPONSE, response, "Cache-Control", "private, no-store"),
        Optional.of(body));
  }

  static <T> Served<T> unpaid(int status, String required) {
    return new Served<>(
        status,
        Map.of(X402.PAYMENT_REQUIRED, required, "Cache-Control", "no-store"),
        Optional.empty());
  }

  static <T> Served<T> failed(String required, String response) {
    return new Served<>(
        402,
        Map.of(
            X402.PAYMENT_REQUIRED,
            required,
            X402.PAYMENT_RESPONSE,
            response,
            "Cache-Control",
            "no-store"),
        Optional.empty());
  }

  /** Nobody knows yet: the same request may be sent again. */
  static <T> Served<T> later() {
    return new Served<>(
        503, Map.of("Retry-After", "5", "Cache-Control", "no-store"), Optional.empty());
  }
}
