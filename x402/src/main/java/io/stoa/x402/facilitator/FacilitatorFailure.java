package io.stoa.x402.facilitator;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A facilitator gave no answer that can be understood. */
public abstract sealed class FacilitatorFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private FacilitatorFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Nothing happened: it was not reached, or turned the request away. */
  public static final class Unavailable extends FacilitatorFailure {
    private static final long serialVersionUID = 1L;

    public Unavailable(URI facilitator, String what, @Nullable Throwable cause) {
      super("The facilitator at %s %s.".formatted(facilitator.getHost(), what), cause);
    }
  }

  /**
   * What was asked may have happened, or may still happen. It may be asked again of the same
   * facilitator and of no other.
   */
  public static final class Unanswered extends FacilitatorFailure {
    private static final long serialVersionUID = 1L;

    public Unanswered(URI facilitator, String what, @Nullable Throwable cause) {
      super("The facilitator at %s %s.".formatted(facilitator.getHost(), what), cause);
    }
  }
}
