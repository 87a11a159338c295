package io.stoa.market.web;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not served, as RFC 9457 writes it. Holds nothing that its reader could not act
 * on: no class names, no statements, no causes.
 *
 * @param type names the kind of problem; ends with the code
 * @param title the HTTP status in words
 * @param detail one sentence about this occurrence
 * @param code stable, for programs to decide by
 * @param field what was wrong: a parameter's or header's name, or a JSON pointer into the body
 * @param poll the path that will tell the outcome
 * @param retryAfter when to come back; sent as the header {@code Retry-After}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(description = "Why a request was not served (RFC 9457).")
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    @Nullable String field,
    @Nullable String poll,
    @JsonIgnore Optional<Duration> retryAfter) {
  public static final String MEDIA_TYPE = "application/problem+json";

  private static final Duration SOON = Duration.ofSeconds(5);

  /** A problem of the HTTP layer itself. */
  public static Problem of(int status, String code, String detail) {
    return new Problem(
        "urn:stoa:problem:" + code,
        title(status),
        status,
        detail,
        code,
        null,
        null,
        Optional.empty());
  }

  /** The one place that knows which status stands for which kind of failure. */
  public static Problem of(MarketException failure) {
    return switch (failure) {
      case MarketException.Malformed malformed -> of(400, failure).about(malformed.field());
      case MarketException.Forbidden _ -> of(403, failure);
      case MarketException.NotFound _ -> of(404, failure);
      case MarketException.Conflict _ -> of(409, failure);
      case MarketException.TooLarge _ -> of(413, failure);
      case MarketException.Refused _ -> of(422, failure);
      case MarketException.QuotaExceeded exceeded ->
          of(429, failure).retryIn(exceeded.retryAfter());
      case MarketException.ProviderFailed _ -> of(502, failure);
      case MarketException.Unavailable _ -> of(503, failure).retryIn(SOON);
      case MarketException.OutcomeUnknown unknown ->
          of(503, failure).polling(unknown.poll()).retryIn(SOON);
    };
  }

  private static Problem of(int status, MarketException failure) {
    return of(status, failure.code(), String.valueOf(failure.getMessage()));
  }

  private Problem about(@Nullable String about) {
    return new Problem(type, title, status, detail, code, about, poll, retryAfter);
  }

  private Problem polling(String path) {
    return new Problem(type, title, status, detail, code, field, path, retryAfter);
  }

  private Problem retryIn(Duration pause) {
    return new Problem(type, title, status, detail, code, field, poll, Optional.of(pause));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 416 -> "Range Not Satisfiable";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      default -> String.format(Locale.ROOT, "HTTP %d", status);
    };
  }
}
