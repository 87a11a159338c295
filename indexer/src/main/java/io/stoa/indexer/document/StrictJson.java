package io.stoa.indexer.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** JSON without anything that two readers could understand differently (I-JSON, RFC 7493). */
final class StrictJson {
  private static final int DEEPEST = 16;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  static Reading<JsonNode> read(byte[] document) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
    } catch (CharacterCodingException foreign) {
      return new Reading.Invalid<>("", "it is not UTF-8");
    }
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JsonProcessingException malformed) {
      return new Reading.Invalid<>(
          "",
          "it is not JSON, or names a member twice, or is nested too deeply" + place(malformed));
    }
    return findBadText("", json)
        .<Reading<JsonNode>>map(
            pointer ->
                new Reading.Invalid<>(
                    pointer, "the text holds control characters or half a character"))
        .orElseGet(() -> new Reading.Valid<>(json));
  }

  private static String place(JsonProcessingException malformed) {
    var at = malformed.getLocation();
    return at == null ? "" : ": line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
  }

  /** The pointer of the first text that some systems cannot keep. */
  private static Optional<String> findBadText(String pointer, JsonNode node) {
    if (node.isTextual() && !isGood(node.textValue())) {
      return Optional.of(pointer);
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        var bad = findBadText(pointer + "/" + i, node.get(i));
        if (bad.isPresent()) {
          return bad;
        }
      }
    }
    for (var member : node.properties()) {
      if (!isGood(member.getKey())) {
        return Optional.of(pointer);
      }
      var name = member.getKey().replace("~", "~0").replace("/", "~1");
      var bad = findBadText(pointer + "/" + name, member.getValue());
      if (bad.isPresent()) {
        return bad;
      }
    }
    return Optional.empty();
  }

  private static boolean isGood(String text) {
    return text.codePoints().allMatch(StrictJson::isGood);
  }

  private static boolean isGood(int codePoint) {
    return (!Character.isISOControl(codePoint) || codePoint == '\n' || codePoint == '\t')
        && Character.getType(codePoint) != Character.SURROGATE;
  }
}
