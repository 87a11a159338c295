package io.stoa.domain;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, for a reason its sender can act on. The code is stable and
 * public, the message is one sentence for people; neither may hold secrets, class names or SQL.
 */
public abstract sealed class MarketException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Pattern CODE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  private final String code;

  private MarketException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    if (!CODE.matcher(code).matches()) {
      throw new IllegalArgumentException("not a code: " + code);
    }
    this.code = code;
  }

  /** Lower-case words joined by hyphens, such as {@code listing-unknown}. */
  public final String code() {
    return code;
  }

  /** What was sent cannot be read, or breaks a rule of its form. */
  public static final class Malformed extends MarketException {
    private static final long serialVersionUID = 1L;
    private final @Nullable String field;

    public Malformed(String code, @Nullable String field, String message) {
      super(code, message, null);
      this.field = field;
    }

    /** The path, query parameter, header or JSON pointer that is wrong; null when the whole is. */
    public @Nullable String field() {
      return field;
    }
  }

  /** The sender has not shown that it may do this. */
  public static final class Forbidden extends MarketException {
    private static final long serialVersionUID = 1L;

    public Forbidden(String code, String message) {
      super(code, message, null);
    }
  }

  /** There is no such thing, or none any more. */
  public static final class NotFound extends MarketException {
    private static final long serialVersionUID = 1L;

    public NotFound(String code, String message) {
      super(code, message, null);
    }
  }

  /** Something else happened first. */
  public static final class Conflict extends MarketException {
    private static final long serialVersionUID = 1L;

    public Conflict(String code, String message) {
      super(code, message, null);
    }
  }

  /** What was sent is larger than this node takes. */
  public static final class TooLarge extends MarketException {
    private static final long serialVersionUID = 1L;

    public TooLarge(String code, String message) {
      super(code, message, null);
    }
  }

  /** The sender has used up its share for now. */
  public static final class QuotaExceeded extends MarketException {
    private static final long serialVersionUID = 1L;
    private final Duration retryAfter;

    public QuotaExceeded(String code, String message, Duration retryAfter) {
      super(code, message, null);
      this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** The request is well-formed, but a rule of the market forbids it. */
  public static final class Refused extends MarketException {
    private static final long serialVersionUID = 1L;

    public Refused(String code, String message) {
      super(code, message, null);
    }
  }

  /** The provider behind a listing failed; the message says whether that was charged. */
  public static final class ProviderFailed extends MarketException {
    private static final long serialVersionUID = 1L;

    public ProviderFailed(String code, String message) {
      super(code, message, null);
    }
  }

  /**
   * A part this node depends on does not answer: nothing happened, the same request may be sent
   * again.
   */
  public static final class Unavailable extends MarketException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String code, String message, @Nullable Throwable cause) {
      super(code, message, cause);
    }
  }

  /**
   * It may have happened, or may still happen. Must not be sent anew as a different request: poll
   * {@code poll} instead.
   */
  public static final class OutcomeUnknown extends MarketException {
    private static final long serialVersionUID = 1L;
    private final String poll;

    public OutcomeUnknown(String code, String message, String poll) {
      super(code, message, null);
      this.poll = poll;
    }

    /** The path that tells the outcome once it is known. */
    public String poll() {
      return poll;
    }
  }
}
