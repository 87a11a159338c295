package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** A validator as the ones in services: knows the dialect, and nothing else of the world. */
final class LocalSchemas implements JsonSchemas {
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  @Override
  public boolean accepts(ObjectNode schema, ObjectNode value) {
    return registry.getSchema(schema).validate(value).isEmpty();
  }
}
