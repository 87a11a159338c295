package io.stoa.indexer.document;

/** What a document turned out to be. */
public sealed interface Reading<T> {

  /** It follows its schema. */
  record Valid<T>(T content) implements Reading<T> {}

  /**
   * It does not.
   *
   * @param pointer the JSON pointer (RFC 6901) of what is wrong; empty for the whole
   * @param reason one sentence without the pointer
   */
  record Invalid<T>(String pointer, String reason) implements Reading<T> {}
}
