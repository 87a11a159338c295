package io.stoa.market.web;

/** What the HTTP layer itself refuses, before any feature has seen the request. */
final class HttpProblems {
  private HttpProblems() {}

  static Problem of(int status) {
    return switch (status) {
      case 404 -> Problem.of(404, "path-unknown", "There is nothing at this path.");
      case 405 -> Problem.of(405, "method-not-allowed", "This path does not take this method.");
      case 406 ->
          Problem.of(406, "not-acceptable", "None of the media types in Accept can be sent.");
      case 413 -> Problem.of(413, "body-too-large", "The body is larger than this node takes.");
      case 415 ->
          Problem.of(415, "media-type-unsupported", "This path does not take this Content-Type.");
      case 503 -> Problem.of(503, "unavailable", "This node cannot serve the request now.");
      default ->
          status >= 500
              ? Problem.of(500, "internal", "This node failed; the request id names the failure.")
              : Problem.of(status, "request-malformed", "The request cannot be read.");
    };
  }
}
