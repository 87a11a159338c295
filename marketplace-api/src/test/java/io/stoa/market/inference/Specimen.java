package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * A payment that holds, and what of it must stay for it to hold.
 *
 * @param carrier the header that it comes in; empty when it is the body of a request to {@code
 *     path}
 * @param bound JSON pointer to how that member is read: of another meaning, or missing, it breaks
 *     the payment. What is not here may be anything
 * @param signings the signatures in it, by their pointers
 */
record Specimen(
    String name,
    String carrier,
    String path,
    ObjectNode message,
    Map<String, Reading> bound,
    Map<String, Signing> signings) {
  /** Reads no less than the product does: what is no JSON here is none there. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  Specimen {
    message = message.deepCopy();
    bound = Map.copyOf(bound);
    signings = Map.copyOf(signings);
  }

  boolean isHeader() {
    return !carrier.isEmpty();
  }

  /** As it is sent, unharmed. */
  String value() {
    return written(message.toString());
  }

  String written(String json) {
    return isHeader() ? Base64.getEncoder().encodeToString(json.getBytes(UTF_8)) : json;
  }

  /** The bound members and everything around them, in an order of their own. */
  List<String> places() {
    var places = new LinkedHashSet<String>();
    for (var pointer : bound.keySet().stream().sorted().toList()) {
      for (int end = pointer.length(); end > 0; end = pointer.lastIndexOf('/', end - 1)) {
        var place = pointer.substring(0, end);
        if (!message.at(place).isMissingNode()) {
          places.add(place);
        }
      }
    }
    return new ArrayList<>(places);
  }

  /** Whether a server may still find this payment in what is sent. */
  boolean survives(List<String> values) {
    if (values.size() != 1) {
      return false;
    }
    return isHeader() ? survivesAsHeader(values.getFirst().strip()) : isIn(values.getFirst());
  }

  private boolean survivesAsHeader(String value) {
    try {
      return value.length() % 4 == 0 && isIn(new String(Base64.getDecoder().decode(value), UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private boolean isIn(String json) {
    try {
      var read = JSON.readTree(json);
      return read instanceof ObjectNode
          && bound.entrySet().stream()
              .allMatch(member -> isKept(read, member.getKey(), member.getValue()));
    } catch (JsonProcessingException notJson) {
      return false;
    }
  }

  private boolean isKept(JsonNode read, String pointer, Reading reading) {
    var around = read.at(pointer.substring(0, pointer.lastIndexOf('/')));
    if (reading == Reading.OPTIONAL_ECHO && (around.isMissingNode() || around.isNull())) {
      return true;
    }
    return reading.meaning(read.at(pointer)).equals(reading.meaning(message.at(pointer)));
  }
}
