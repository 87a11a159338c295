package io.stoa.domain.listing;

import java.util.Locale;

/** What a metered price counts. */
public enum Unit {
  /** Tokens the model read, as its provider reports them. */
  INPUT_TOKEN,
  /** Tokens the model wrote, as its provider reports them. */
  OUTPUT_TOKEN,
  /** Seconds from the request to the end of the answer, begun ones included, as the node saw it. */
  SECOND,
  /** Bytes of the answer's body, as the node passed them on. */
  BYTE,
  /** Whatever the provider counts: images, rows, pages. */
  ITEM;

  private final String key = name().toLowerCase(Locale.ROOT);

  /** Its name in the field {@code Stoa-Usage}, in a till's books and in receipts. */
  public String key() {
    return key;
  }
}
