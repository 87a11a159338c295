package io.stoa.domain.listing;

import java.util.regex.Pattern;

/**
 * The second half of a listing's path: 1 to 64 of {@code a-z 0-9 - .}, starting and ending with a
 * letter or digit.
 */
public record ServiceName(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[-.]?[a-z0-9])*");

  public ServiceName {
    if (value.isEmpty() || value.length() > 64 || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "not a service name: 1 to 64 of a-z, 0-9 and single inner hyphens or dots");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
