package io.stoa.market.inference;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a {@code Content-Type} says, without its parameters. */
final class MediaTypes {
  static final String EVENTS = "text/event-stream";

  private MediaTypes() {}

  /** In lower case; empty when there is none. */
  static String essence(@Nullable String contentType) {
    return contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
