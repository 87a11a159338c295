package io.stoa.cli.api;

import com.fasterxml.jackson.databind.JsonNode;

/** The market answered with a problem (RFC 9457). */
public final class MarketRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  private MarketRefusal(int status, String code, String detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  static MarketRefusal of(int status, JsonNode problem) {
    var title = problem.path("title").asText("the market answered with status " + status);
    return new MarketRefusal(
        status, problem.path("code").asText(""), problem.path("detail").asText(title));
  }

  public int status() {
    return status;
  }

  /** The problem's stable name; empty when the answer was no problem document. */
  public String code() {
    return code;
  }
}
