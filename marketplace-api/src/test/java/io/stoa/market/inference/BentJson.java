package io.stoa.market.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Random;

/** Breaks the JSON of a payment, in its members or in its characters. */
final class BentJson {
  private static final String MARK = "\"MARKED\"";
  private static final String[] VALUES = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1",
    "3",
    "1.5",
    "1e3",
    "1E400",
    "1e-999999999",
    "1e999999999",
    "01",
    "+1",
    "0x1",
    "NaN",
    "Infinity",
    "[]",
    "[null]",
    "{}",
    "{\"a\":{}}",
    "''",
    "\"\"",
    "\" \"",
    "\"0\"",
    "\"0x\"",
    "\"0x0\"",
    "\"-1\"",
    "\"+1\"",
    "\"1e3\"",
    "\"1.0\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\uFFFF\"",
    "\"\\u0661\\u0660\\u0660\\u0660\"",
    "\"\\n\"",
    "\"eip155:1\"",
    "\"eip155:99999999999999999999\"",
    "\"exact\"",
    "\"upto\"",
    "\"batch-settlement\"",
    "\"deposit\"",
    "\"voucher\"",
    "\"refund\"",
    "\"claim\"",
    "\"settle\"",
    "\"0x0000000000000000000000000000000000000000\"",
    "\"0x0000000000000000000000000000000000000001\"",
    "\"0xffffffffffffffffffffffffffffffffffffffff\"",
    "\"2026-01-01T00:00:00Z\"",
    "\"+999999999-12-31T23:59:59Z\"",
    "\"https://evil.example/\"",
    "\"a\\r\\nb: c\"",
    "\"' or 1=1 --\""
  };

  private BentJson() {}

  static String of(Specimen specimen, Random random) {
    return random.nextInt(5) == 0
        ? damaged(specimen.message().toString(), random)
        : bent(specimen, random);
  }

  private static String damaged(String json, Random random) {
    var text = new StringBuilder(json);
    for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.setCharAt(at, (char) random.nextInt(0x250));
        case 2 -> text.insert(at, "{[\"',:]}0e\\\u0000".charAt(random.nextInt(12)));
        case 3 -> text.setCharAt(at, (char) (text.charAt(at) ^ 1 << random.nextInt(7)));
        default -> text.setLength(Math.max(1, at));
      }
    }
    return text.toString();
  }

  private static String bent(Specimen specimen, Random random) {
    var message = specimen.message().deepCopy();
    var places = specimen.places();
    var place = places.get(random.nextInt(places.size()));
    int cut = place.lastIndexOf('/');
    var name = place.substring(cut + 1);
    var around = message.at(place.substring(0, cut));
    var value = message.at(place);
    switch (random.nextInt(9)) {
      case 0 -> remove(around, name);
      case 1 -> {
        remove(around, name);
        put(around, random.nextBoolean() ? name + "s" : " " + name, value);
      }
      case 2 -> {
        var other = places.get(random.nextInt(places.size()));
        if (other.startsWith(place) || place.startsWith(other)) {
          remove(around, name);
        } else {
          var there = message.at(other);
          put(message.at(other.substring(0, other.lastIndexOf('/'))), nameOf(other), value);
          put(around, name, there);
        }
      }
      default -> {
        var raw = raw(value, name, random);
        put(around, name, message.textNode("MARKED"));
        return message.toString().replace(MARK, raw);
      }
    }
    return message.toString();
  }

  private static String nameOf(String pointer) {
    return pointer.substring(pointer.lastIndexOf('/') + 1);
  }

  private static void remove(JsonNode around, String name) {
    switch (around) {
      case ObjectNode object -> object.remove(name);
      case ArrayNode array -> array.remove(Integer.parseInt(name));
      default -> throw new AssertionError(around);
    }
  }

  private static void put(JsonNode around, String name, JsonNode value) {
    switch (around) {
      case ObjectNode object -> object.set(name, value);
      case ArrayNode array when name.matches("[0-9]+") && array.size() > Integer.parseInt(name) ->
          array.set(Integer.parseInt(name), value);
      case ArrayNode array -> array.add(value);
      default -> throw new AssertionError(around);
    }
  }

  /** What stands in the place of {@code value}. */
  private static String raw(JsonNode value, String name, Random random) {
    var text = value.asText();
    return switch (random.nextInt(22)) {
      case 0 -> value + ",\"" + name + "\":" + value;
      case 1 -> value + ",\"" + name + "\":null";
      case 2 -> "null,\"" + name + "\":" + value;
      case 3 -> "[" + value + "]";
      case 4 -> "{\"" + name + "\":" + value + "}";
      case 5 -> "[".repeat(5_000) + "]".repeat(5_000);
      case 6 -> "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000);
      case 7 -> value.isTextual() ? text : "\"" + value.toString().replace("\"", "") + "\"";
      case 8 -> quoted("+" + text);
      case 9 -> quoted(random.nextBoolean() ? " " + text : text + " ");
      case 10 -> quoted(random.nextBoolean() ? "-" + text : text + ".0");
      case 11 -> quoted(text + "e0");
      case 12 -> quoted(otherDigits(text));
      case 13 -> quoted(text + "00");
      case 14 -> quoted(text.isEmpty() ? "0" : text.substring(0, random.nextInt(text.length())));
      case 15 -> quoted(text.startsWith("0x") ? text.substring(2) : "0x" + text);
      case 16 -> quoted(next(text, random));
      case 17 -> quoted("9".repeat(1 + random.nextInt(2_000)));
      case 18 -> "9".repeat(1 + random.nextInt(2_000));
      case 19 -> quoted("0x" + "f".repeat(random.nextInt(200)));
      default -> VALUES[random.nextInt(VALUES.length)];
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "").replace("\"", "") + "\"";
  }

  /** The same digits of another script. */
  private static String otherDigits(String text) {
    var other = new StringBuilder();
    text.chars().forEach(c -> other.append((char) (c >= '0' && c <= '9' ? c - '0' + 0x660 : c)));
    return other.toString();
  }

  /** A number near by, or another character somewhere. */
  private static String next(String text, Random random) {
    if (text.matches("[0-9]+")) {
      return new BigInteger(text).add(BigInteger.valueOf(random.nextInt(5) - 2)).toString();
    }
    if (text.isEmpty()) {
      return "a";
    }
    int at = random.nextInt(text.length());
    return text.substring(0, at)
        + "0123456789abcdefg".charAt(random.nextInt(17))
        + text.substring(at + 1);
  }
}
