package io.stoa.indexer.document;

/** Where a document breaks which rule. */
final class Fault extends Exception {
  private static final long serialVersionUID = 1L;
  private final String pointer;
  private final String reason;

  /**
   * @param pointer the JSON pointer of what is wrong
   * @param reason what is wrong there
   */
  Fault(String pointer, String reason) {
    super(reason, null, false, false);
    this.pointer = pointer;
    this.reason = reason;
  }

  String pointer() {
    return pointer;
  }

  String reason() {
    return reason;
  }
}
