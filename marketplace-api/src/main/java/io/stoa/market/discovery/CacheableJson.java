package io.stoa.market.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes32;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;

/**
 * An answer that everybody may keep for a moment: a 402 tells what has changed since. Whoever has
 * it already gets a 304.
 */
final class CacheableJson {
  private static final int SECONDS = 30;

  private CacheableJson() {}

  static Response answer(ObjectNode json, ObjectMapper mapper, Request request) {
    var body = bytes(json, mapper);
    var tag = new EntityTag(Bytes32.sha256(body).toString().substring(2, 34));
    var known = request.evaluatePreconditions(tag);
    var answer = known == null ? Response.ok(body, MediaType.APPLICATION_JSON_TYPE) : known;
    return answer.tag(tag).header("Cache-Control", "public, max-age=" + SECONDS).build();
  }

  private static byte[] bytes(ObjectNode json, ObjectMapper mapper) {
    try {
      return mapper.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
