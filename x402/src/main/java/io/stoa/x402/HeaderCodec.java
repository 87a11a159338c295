package io.stoa.x402;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;

/**
 * Headers of the protocol: standard base64, with padding, of UTF-8 JSON. What is read is in a
 * stranger's hand to its last byte, so length, depth and number sizes have bounds.
 */
public final class HeaderCodec {
  /** Longest header that is read, in characters. */
  public static final int MAX_LENGTH = 48 * 1024;

  private static final int MAX_DEPTH = 64;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(100)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Names come from strangers: they are not worth remembering.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  // Buffers kept by thread would never be used again: each call has its own.
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // Numbers are compared exactly, and repeated as they were written.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private HeaderCodec() {}

  /** A new, empty object of the mapper that writes headers. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /**
   * The same object for many headers: it is turned into text once, here. Must not be modified any
   * more, nor anything in it.
   */
  public static ObjectNode fixed(ObjectNode object) {
    return new FixedObject(object);
  }

  public static String encode(ObjectNode message) {
    try {
      return Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(message));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The text of {@code message}, for where it is kept. */
  public static String text(ObjectNode message) {
    try {
      return JSON.writeValueAsString(message);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Reads a header into the object it holds. Every failure is a {@link MalformedPayment}. */
  public static Fields decode(String header) throws MalformedPayment {
    if (header.length() > MAX_LENGTH) {
      throw new MalformedPayment(
          "invalid_payload", "", "The header is longer than " + MAX_LENGTH + " characters.");
    }
    return parse(bytes(header));
  }

  /** Reads the JSON object in {@code utf8}, as it stands in a file, by the rules of headers. */
  public static Fields parse(byte[] utf8) throws MalformedPayment {
    return parse(utf8, MAX_LENGTH);
  }

  /**
   * The same for what is not sent in a header.
   *
   * @param max bytes
   */
  public static Fields parse(byte[] utf8, int max) throws MalformedPayment {
    return Fields.of(value(utf8, max), "");
  }

  /** Reads any JSON value by the rules of headers. */
  public static JsonNode value(byte[] utf8, int max) throws MalformedPayment {
    if (utf8.length > max) {
      throw new MalformedPayment(
          "invalid_payload", "", "The message is longer than " + max + " bytes.");
    }
    var value = json(utf8);
    if (value.isMissingNode()) {
      throw new MalformedPayment("invalid_payload", "", "The message is empty.");
    }
    return value;
  }

  private static byte[] bytes(String header) throws MalformedPayment {
    try {
      if (header.length() % 4 != 0) {
        throw new IllegalArgumentException("no padding");
      }
      return Base64.getDecoder().decode(header);
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedPayment(
          "invalid_payload", "", "The header is not standard base64 with padding.");
    }
  }

  private static JsonNode json(byte[] utf8) throws MalformedPayment {
    var text = new String(utf8, UTF_8);
    if (!Arrays.equals(text.getBytes(UTF_8), utf8)) {
      throw new MalformedPayment("invalid_payload", "", "The message is not UTF-8.");
    }
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException notJson) {
      throw new MalformedPayment(
          "invalid_payload",
          "",
          "The message is not JSON, names a member twice, or nests too deep.");
    }
  }
}
