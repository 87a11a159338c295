package io.stoa.market.crash;

import io.stoa.domain.Bytes32;
import java.nio.charset.StandardCharsets;

/**
 * One thing that a customer wants, once. No two have the same body, so that whatever is found later
 * - at the provider, in the till - is known to be about it.
 *
 * @param path at the market
 */
record Request(String path, String body) {

  static Request plain(String path, String customer, int number) {
    return new Request(path, "{\"question\":\"%s-%d\"}".formatted(customer, number));
  }

  static Request streamed(String path, String customer, int number) {
    return new Request(
        path,
        "{\"question\":\"%s-%d\",\"stream\":true,\"max_tokens\":%d}"
            .formatted(customer, number, CountingProvider.PARTS * 2));
  }

  /** By which the till knows it. */
  Bytes32 digest() {
    return Bytes32.sha256(body.getBytes(StandardCharsets.UTF_8));
  }
}
