package io.stoa.market.inference;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How a member of a payment is read: two values of one {@link #meaning} are the same to a server.
 * Where in doubt they are, so that nothing passes for broken that is not.
 */
enum Reading {
  TEXT,
  /** A JSON number without a fraction. */
  WHOLE,
  /** A string of decimal digits. */
  DECIMAL,
  /** The same, or 0x and hex digits. */
  DECIMAL_OR_HEX,
  /** 0x and hex digits of either case. */
  HEX,
  /** Any text that a call may be named by; one name is as good as another. */
  NAME,
  /** What a server said, however the number is written. */
  ECHO,
  /** The same, and it may be left out along with what it is in. */
  OPTIONAL_ECHO;

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern HEX_DIGITS = Pattern.compile("0x[0-9a-f]+");
  private static final Pattern CALL_NAME = Pattern.compile("[A-Za-z0-9_-]{16,128}");

  String meaning(JsonNode node) {
    return switch (this) {
      case TEXT -> node.isTextual() ? "text " + node.textValue() : other(node);
      case WHOLE -> node.isIntegralNumber() ? "number " + node.bigIntegerValue() : other(node);
      case DECIMAL -> node.isTextual() ? number(node.textValue()) : other(node);
      case DECIMAL_OR_HEX -> node.isTextual() ? numberOrHex(node.textValue()) : other(node);
      case HEX ->
          node.isTextual() ? "hex " + node.textValue().toLowerCase(Locale.ROOT) : other(node);
      case NAME ->
          node.isNull()
                  || node.isMissingNode()
                  || (node.isTextual() && CALL_NAME.matcher(node.textValue()).matches())
              ? "any name"
              : other(node);
      case ECHO, OPTIONAL_ECHO ->
          node.isNumber()
              ? "number " + node.decimalValue().stripTrailingZeros().toString()
              : other(node);
    };
  }

  private static String number(String text) {
    return DIGITS.matcher(text).matches() ? "number " + new BigInteger(text) : "no number " + text;
  }

  private static String numberOrHex(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return HEX_DIGITS.matcher(lower).matches()
        ? "number " + new BigInteger(lower.substring(2), 16)
        : number(text);
  }

  private static String other(JsonNode node) {
    return node.getNodeType() + " " + node;
  }
}
