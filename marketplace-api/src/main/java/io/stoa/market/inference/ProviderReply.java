package io.stoa.market.inference;

import io.stoa.payments.Answer;

/** How a provider answered. Only a 2xx costs the buyer anything. */
sealed interface ProviderReply {

  /** A 2xx whose body arrived whole. */
  record Complete(Answer answer) implements ProviderReply {}

  /** A 2xx whose body is on its way, and worth something in parts. */
  record Streaming(ProviderStream stream) implements ProviderReply {}

  /** Most 4xx: the request was wrong in the provider's eyes. Passed on as it came. */
  record Declined(Answer answer) implements ProviderReply {}

  /**
   * No usable answer: refused connection, timeout, 1xx, 3xx, 5xx, a 4xx that would pass for this
   * node's own, a body cut short or too long.
   *
   * @param code stable and public
   */
  record Failed(String code, String message) implements ProviderReply {}
}
