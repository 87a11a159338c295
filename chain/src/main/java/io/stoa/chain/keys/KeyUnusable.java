package io.stoa.chain.keys;

/** A key is missing, unreadable or badly kept. The message names its file, never what is in it. */
public final class KeyUnusable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyUnusable(String message) {
    super(message);
  }
}
