package io.stoa.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/embeddings}. The path that a buyer paid for has chosen the model
 * already, so {@code model} may be any name or none. Fields it does not know are ignored.
 *
 * @param inputs 1 to {@link #MAX_INPUTS} texts, none of them blank
 */
record EmbeddingRequest(List<String> inputs, Encoding encoding) {
  static final int MAX_INPUTS = 128;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** How vectors are written. */
  enum Encoding {
    FLOAT,
    /** Little-endian 32-bit floats in base64, as OpenAI's own clients ask for. */
    BASE64
  }

  EmbeddingRequest {
    inputs = List.copyOf(inputs);
  }

  static EmbeddingRequest parse(byte[] body, int dimensions) throws Refusal {
    var root = read(body);
    var model = root.get("model");
    if (model != null && !model.isTextual()) {
      throw Refusal.invalid("model", "model must be a string.");
    }
    var asked = root.get("dimensions");
    if (asked != null && !(asked.isInt() && asked.intValue() == dimensions)) {
      throw Refusal.invalid("dimensions", "This model has " + dimensions + " dimensions.");
    }
    return new EmbeddingRequest(inputs(root.get("input")), encoding(root.get("encoding_format")));
  }

  private static JsonNode read(byte[] body) throws Refusal {
    try {
      var root = JSON.readTree(body);
      if (root != null && root.isObject()) {
        return root;
      }
      throw Refusal.invalid(null, "The body must be a JSON object.");
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw Refusal.invalid(
          null,
          at == null
              ? "The body is not JSON."
              : "The body is not JSON: line %d, column %d."
                  .formatted(at.getLineNr(), at.getColumnNr()));
    } catch (IOException e) {
      throw Refusal.invalid(null, "The body is not UTF-8 text.");
    }
  }

  private static List<String> inputs(@Nullable JsonNode input) throws Refusal {
    if (input == null) {
      throw Refusal.invalid("input", "input is missing.");
    }
    var texts = new ArrayList<String>();
    if (input.isTextual()) {
      texts.add(input.textValue());
    } else if (input.isArray()) {
      for (var element : input) {
        if (!element.isTextual()) {
          throw Refusal.invalid("input", "input must be a string or an array of strings.");
        }
        texts.add(element.textValue());
      }
    } else {
      throw Refusal.invalid("input", "input must be a string or an array of strings.");
    }
    if (texts.isEmpty() || texts.size() > MAX_INPUTS) {
      throw Refusal.invalid("input", "input must hold 1 to " + MAX_INPUTS + " texts.");
    }
    if (texts.stream().anyMatch(String::isBlank)) {
      throw Refusal.invalid("input", "input must not be blank.");
    }
    return texts;
  }

  private static Encoding encoding(@Nullable JsonNode format) throws Refusal {
    if (format == null) {
      return Encoding.FLOAT;
    }
    return switch (format.asText()) {
      case "float" -> Encoding.FLOAT;
      case "base64" -> Encoding.BASE64;
      default -> throw Refusal.invalid("encoding_format", "encoding_format is float or base64.");
    };
  }
}
