package io.stoa.demo;

import org.jspecify.annotations.Nullable;

/** A request that is not served, in the words of OpenAI's error format. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final @Nullable String param;

  private Refusal(int status, String code, @Nullable String param, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** The sender did not show that it is the node. */
  static Refusal unsigned(String message) {
    return new Refusal(401, "invalid_signature", null, message);
  }

  static Refusal invalid(@Nullable String param, String message) {
    return new Refusal(400, "invalid_request", param, message);
  }

  static Refusal tooLarge(String message) {
    return new Refusal(413, "request_too_large", null, message);
  }

  static Refusal notFound() {
    return new Refusal(
        404, "not_found", null, "There is only POST /v1/embeddings and GET /health.");
  }

  static Refusal wrongMethod(String allowed) {
    return new Refusal(405, "method_not_allowed", null, "Use " + allowed + " here.");
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, "unavailable", null, message);
  }

  static Refusal failed() {
    return new Refusal(500, "internal_error", null, "The model failed on this request.");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** The field of the request that is wrong; null when the whole is. */
  @Nullable String param() {
    return param;
  }

  String type() {
    return status < 500 ? "invalid_request_error" : "server_error";
  }
}
