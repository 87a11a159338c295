package io.stoa.chain.keys;

/** Opens keystores. Never printed. */
public final class Password {
  private final String text;

  public Password(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  @Override
  public String toString() {
    return "***";
  }
}
