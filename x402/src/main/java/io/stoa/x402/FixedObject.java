package io.stoa.x402;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** An object that keeps its text, because it is written far more often than made. */
@SuppressWarnings("unchecked") // ObjectNode overrides a generic method with a plain one.
final class FixedObject extends ObjectNode {
  private static final long serialVersionUID = 1L;

  private final SerializedString text;

  FixedObject(ObjectNode object) {
    super(JsonNodeFactory.instance);
    setAll(object);
    this.text = new SerializedString(object.toString());
  }

  @Override
  public void serialize(JsonGenerator generator, SerializerProvider provider) throws IOException {
    generator.writeRawValue(text);
  }
}
