package io.stoa.market.web;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.MarketException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A JSON object that was sent to us, read field by field. Strict: no unknown fields, no field
 * twice, nothing after the end. Whatever is wrong is a problem that names it by its JSON pointer
 * (RFC 6901).
 */
public final class JsonBody {
  /** How long a body may take to arrive. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final ObjectReader STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final String pointer;
  private final ObjectNode node;

  private JsonBody(String pointer, ObjectNode node) {
    this.pointer = pointer;
    this.node = node;
  }

  /**
   * Reads a whole request body. Blocks while it arrives.
   *
   * @param limit in bytes; one more is too large
   */
  public static byte[] bounded(InputStream body, int limit) {
    return bounded(body, limit, System::nanoTime);
  }

  static byte[] bounded(InputStream body, int limit, LongSupplier nanoTime) {
    try {
      long end = nanoTime.getAsLong() + LONGEST.toNanos();
      var bytes = new ByteArrayOutputStream();
      var part = new byte[8 * 1024];
      for (int length = body.read(part); length >= 0; length = body.read(part)) {
        bytes.write(part, 0, length);
        if (bytes.size() > limit) {
          throw new MarketException.TooLarge(
              "body-too-large", "The body is larger than %d bytes.".formatted(limit));
        }
        if (nanoTime.getAsLong() - end > 0) {
          throw new MarketException.Malformed(
              "body-too-slow",
              null,
              "The body took longer than %d seconds.".formatted(LONGEST.toSeconds()));
        }
      }
      return bytes.toByteArray();
    } catch (IOException cut) {
      throw new MarketException.Malformed("body-cut-off", null, "The body ended early.");
    }
  }

  /**
   * Reads a body that is one object.
   *
   * @param fields all that it may have
   */
  public static JsonBody parse(byte[] json, String... fields) {
    try {
      return object("", STRICT.readTree(json), fields);
    } catch (JsonProcessingException malformed) {
      var at = malformed.getLocation();
      throw new MarketException.Malformed(
          "json-malformed",
          null,
          at == null
              ? "The body is not JSON."
              : "The body is not JSON: line %d, column %d."
                  .formatted(at.getLineNr(), at.getColumnNr()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public <T> T get(String field, Function<String, T> parse) {
    return find(field, parse).orElseThrow(() -> malformed(field, "missing"));
  }

  /** The value of a text field, or nothing when there is no such field; null is not nothing. */
  public <T> Optional<T> find(String field, Function<String, T> parse) {
    var value = node.get(field);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw malformed(field, "not a string");
    }
    try {
      return Optional.of(parse.apply(value.textValue()));
    } catch (IllegalArgumentException unreadable) {
      throw malformed(field, String.valueOf(unreadable.getMessage()));
    }
  }

  public int number(String field, int least, int most) {
    var value = node.get(field);
    if (value == null) {
      throw malformed(field, "missing");
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw malformed(field, "not a whole number");
    }
    if (value.intValue() < least || value.intValue() > most) {
      throw malformed(field, "not from %d to %d".formatted(least, most));
    }
    return value.intValue();
  }

  public boolean has(String field) {
    return node.has(field);
  }

  /** An object whose own form somebody else checks. */
  public JsonNode object(String field) {
    var value = node.get(field);
    if (value == null || !value.isObject()) {
      throw malformed(field, value == null ? "missing" : "not an object");
    }
    return value;
  }

  /** A list of objects, at least one and at most {@code most}. */
  public List<JsonBody> objects(String field, int most, String... fields) {
    var value = node.get(field);
    if (value == null || !value.isArray()) {
      throw malformed(field, value == null ? "missing" : "not a list");
    }
    if (value.isEmpty() || value.size() > most) {
      throw malformed(field, "not a list of 1 to %d".formatted(most));
    }
    var objects = new ArrayList<JsonBody>(value.size());
    for (int i = 0; i < value.size(); i++) {
      objects.add(object(pointer + "/" + field + "/" + i, value.get(i), fields));
    }
    return List.copyOf(objects);
  }

  /** What to throw when a field breaks a rule beyond its form. */
  public MarketException.Malformed malformed(String field, String what) {
    return malformedAt(pointer + "/" + field, what);
  }

  private static JsonBody object(String pointer, JsonNode node, String... fields) {
    if (!(node instanceof ObjectNode object)) {
      throw malformedAt(pointer, "not an object");
    }
    var known = Set.of(fields);
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw malformedAt(pointer + "/" + name, "unknown");
              }
            });
    return new JsonBody(pointer, object);
  }

  private static MarketException.Malformed malformedAt(String pointer, String what) {
    return pointer.isEmpty()
        ? new MarketException.Malformed("body-malformed", null, "The body is " + what + ".")
        : new MarketException.Malformed(
            "body-malformed", pointer, "%s is %s.".formatted(pointer, what));
  }
}
