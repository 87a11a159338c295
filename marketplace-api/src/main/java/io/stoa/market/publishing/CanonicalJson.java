package io.stoa.market.publishing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.MarketException;
import java.util.TreeMap;

/**
 * The one way to write a document, so that equal documents have equal hashes: the JSON
 * Canonicalization Scheme (RFC 8785), with whole numbers up to 2^53 - 1 only.
 */
final class CanonicalJson {
  private static final double LARGEST = 9_007_199_254_740_991.0;

  private final StringBuilder text = new StringBuilder();

  private CanonicalJson() {}

  /**
   * Writes {@code node}.
   *
   * @param pointer where it stands in what was sent, for complaints
   */
  static byte[] write(String pointer, JsonNode node) {
    var writer = new CanonicalJson();
    writer.value(pointer, node);
    return writer.text.toString().getBytes(UTF_8);
  }

  private void value(String pointer, JsonNode node) {
    switch (node) {
      case ObjectNode object -> object(pointer, object);
      case ArrayNode array -> array(pointer, array);
      case JsonNode string when string.isTextual() -> string(pointer, string.textValue());
      case JsonNode number when number.isNumber() -> number(pointer, number);
      case JsonNode word -> text.append(word.asText());
    }
  }

  /** Strings compare by UTF-16 code units, as the scheme wants it. */
  private void object(String pointer, ObjectNode object) {
    var members = new TreeMap<String, JsonNode>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    var separator = "{";
    for (var member : members.entrySet()) {
      text.append(separator);
      string(pointer, member.getKey());
      text.append(':');
      value(pointer + "/" + member.getKey(), member.getValue());
      separator = ",";
    }
    text.append(members.isEmpty() ? "{}" : "}");
  }

  private void array(String pointer, ArrayNode array) {
    text.append('[');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      value(pointer + "/" + i, array.get(i));
    }
    text.append(']');
  }

  private void number(String pointer, JsonNode number) {
    double value = number.doubleValue();
    if (value != Math.rint(value) || Math.abs(value) > LARGEST) {
      throw malformed(pointer, "neither a whole number nor a string");
    }
    text.append((long) value);
  }

  private void string(String pointer, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char next = string.charAt(i);
      switch (next) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (next < ' ') {
            text.append("\\u%04x".formatted((int) next));
          } else if (Character.isSurrogate(next) && !isPaired(string, i)) {
            throw malformed(pointer, "not Unicode text");
          } else {
            text.append(next);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean isPaired(String string, int index) {
    return Character.isHighSurrogate(string.charAt(index))
        ? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
  }

  private static MarketException malformed(String pointer, String what) {
    return new MarketException.Malformed(
        "document-invalid", pointer, "%s is %s.".formatted(pointer, what));
  }
}
