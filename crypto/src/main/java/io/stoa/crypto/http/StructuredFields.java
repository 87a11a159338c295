package io.stoa.crypto.http;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Reads the two structured fields (RFC 8941) of signatures: dictionaries of byte sequences and
 * dictionaries of inner lists of strings without escapes. Everything else is an {@link
 * IllegalArgumentException}.
 */
final class StructuredFields {
  private static final Pattern KEY = Pattern.compile("[a-z*][a-z0-9_.*-]{0,63}");
  private static final Pattern STRING = Pattern.compile("\"[ !#-\\[\\]-~]*\"");
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,15}");
  private static final Pattern BYTES = Pattern.compile(":([A-Za-z0-9+/]*={0,2}):");
  private static final Pattern SPACES = Pattern.compile(" +");
  private static final Pattern BLANKS = Pattern.compile("[ \t]*");

  private final String text;
  private int at;

  private StructuredFields(String text) {
    this.text = text.strip();
  }

  /**
   * One list of component names with its parameters.
   *
   * @param parameters a {@link String} or a {@link Long} each
   * @param text as it was received: what the signer signed
   */
  record InnerList(List<String> items, Map<String, Object> parameters, String text) {}

  static Map<String, byte[]> byteSequences(String field) {
    var reader = new StructuredFields(field);
    return reader.dictionary(reader::bytes);
  }

  static Map<String, InnerList> innerLists(String field) {
    var reader = new StructuredFields(field);
    return reader.dictionary(reader::innerList);
  }

  private <T> Map<String, T> dictionary(Supplier<T> member) {
    var members = new LinkedHashMap<String, T>();
    do {
      take(BLANKS, "blanks");
      var key = take(KEY, "a key");
      expect('=');
      members.put(key, member.get());
      take(BLANKS, "blanks");
    } while (skip(','));
    if (at < text.length()) {
      throw wrong("a comma");
    }
    return members;
  }

  private InnerList innerList() {
    int start = at;
    expect('(');
    var items = new ArrayList<String>();
    while (!skip(')')) {
      if (!items.isEmpty()) {
        take(SPACES, "a space");
      }
      items.add(string());
    }
    var parameters = new LinkedHashMap<String, Object>();
    while (skip(';')) {
      var key = take(KEY, "a key");
      expect('=');
      parameters.put(key, peek('"') ? string() : Long.valueOf(take(INTEGER, "an integer")));
    }
    return new InnerList(items, parameters, text.substring(start, at));
  }

  private byte[] bytes() {
    var base64 = take(BYTES, "a byte sequence");
    return Base64.getDecoder().decode(base64.substring(1, base64.length() - 1));
  }

  private String string() {
    var quoted = take(STRING, "a string");
    return quoted.substring(1, quoted.length() - 1);
  }

  private String take(Pattern pattern, String what) {
    var matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw wrong(what);
    }
    at = matcher.end();
    return matcher.group();
  }

  private boolean peek(char expected) {
    return at < text.length() && text.charAt(at) == expected;
  }

  private boolean skip(char expected) {
    boolean isThere = peek(expected);
    if (isThere) {
      at++;
    }
    return isThere;
  }

  private void expect(char expected) {
    if (!skip(expected)) {
      throw wrong(String.valueOf(expected));
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("expected " + expected + " at character " + at);
  }
}
