package io.stoa.indexer.document;

/** What the bytes of a document turned out to be. */
public sealed interface Reading<T> {

  /** It follows every rule. */
  record Valid<T>(T content) implements Reading<T> {}

  /**
   * It does not.
   *
   * @param pointer the JSON pointer (RFC 6901) of what is wrong; empty for the whole
   * @param reason what is wrong there, without the pointer
   */
  record Invalid<T>(String pointer, String reason) implements Reading<T> {}
}
