package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Validates JSON. */
public interface JsonSchemas {

  /**
   * Whether {@code value} keeps {@code schema} (2020-12). Both come from a stranger: nothing is
   * ever fetched, the time is bounded, and a schema that is none accepts nothing.
   */
  boolean accepts(ObjectNode schema, ObjectNode value);
}
