package io.stoa.x402;

import java.util.Objects;

/**
 * A message that breaks the protocol's form. Its text is one sentence for the sender. It carries no
 * stack trace: strangers cause it at will.
 */
public final class MalformedPayment extends Exception {
  private static final long serialVersionUID = 1L;
  private final String reason;
  private final String pointer;

  /**
   * @param reason a code of the protocol, such as {@code invalid_payload}
   * @param pointer the JSON pointer (RFC 6901) of what is wrong; empty for the whole
   */
  public MalformedPayment(String reason, String pointer, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.pointer = pointer;
  }

  /** The same fault under a code that says which part of the protocol it breaks. */
  public MalformedPayment as(String otherReason) {
    return new MalformedPayment(otherReason, pointer, Objects.requireNonNull(getMessage()));
  }

  public String reason() {
    return reason;
  }

  public String pointer() {
    return pointer;
  }
}
