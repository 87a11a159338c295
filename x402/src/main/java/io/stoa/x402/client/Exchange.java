package io.stoa.x402.client;

import io.stoa.x402.SettlementResponse;
import java.net.http.HttpResponse;
import java.util.Optional;

/**
 * How a request ended that may have cost money.
 *
 * @param <T> the body's type
 */
public sealed interface Exchange<T> {
  HttpResponse<T> response();

  /** Nothing was asked for. */
  record Free<T>(HttpResponse<T> response) implements Exchange<T> {}

  /** Served for {@code payment}. */
  record Paid<T>(HttpResponse<T> response, Payment payment, Optional<SettlementResponse> settlement)
      implements Exchange<T> {}

  /**
   * Not paid for: no option is understood and affordable.
   *
   * @param response the 402
   */
  record TooDear<T>(HttpResponse<T> response) implements Exchange<T> {}

  /**
   * The server did not take the payment, and says that it charged nothing.
   *
   * @param response the 402, or what else the server found fault with
   */
  record Refused<T>(HttpResponse<T> response, Payment payment) implements Exchange<T> {}

  /**
   * Nobody knows whether it was charged: the payment may be sent again, another must not be signed.
   *
   * @param response the server's failure
   */
  record Undecided<T>(HttpResponse<T> response, Payment payment) implements Exchange<T> {}
}
