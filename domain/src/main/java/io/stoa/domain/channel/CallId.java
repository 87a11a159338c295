package io.stoa.domain.channel;

import java.util.regex.Pattern;

/**
 * The name a buyer gives one call, so that no copy of it is served as another (x402 extension
 * {@code payment-identifier}): 16 to 128 letters, digits, {@code _} or {@code -}.
 */
public record CallId(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{16,128}");

  public CallId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not 16 to 128 letters, digits, _ or -");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
