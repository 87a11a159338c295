package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.market.inference.ToolCalls.ToolCall;
import java.util.List;

/**
 * A form as {@code multipart/form-data} (RFC 7578). The same form is always the same bytes, so that
 * a call that is sent again is known again; no value can hold the boundary, which is its hash.
 */
final class FormData {
  private FormData() {}

  /** An empty form has no bytes: anybody could guess them. */
  static ToolCall.Body of(ObjectNode form) {
    var boundary =
        "form-" + Bytes32.sha256(form.toString().getBytes(UTF_8)).toString().substring(2);
    var body = new StringBuilder();
    for (var member : form.properties()) {
      for (var value : values(member.getValue())) {
        append(body.append("--").append(boundary), member.getKey(), value);
      }
    }
    if (!body.isEmpty()) {
      body.append("--").append(boundary).append("--\r\n");
    }
    return new ToolCall.Body(
        "multipart/form-data; boundary=" + boundary, Bytes.of(body.toString().getBytes(UTF_8)));
  }

  /** A list is as many values of one name. */
  static Iterable<JsonNode> values(JsonNode value) {
    return value.isArray() ? value : List.of(value);
  }

  private static void append(StringBuilder body, String name, JsonNode value) {
    body.append("\r\nContent-Disposition: form-data; name=\"").append(escaped(name)).append('"');
    if (value.isContainerNode()) {
      body.append("\r\nContent-Type: application/json");
    }
    body.append("\r\n\r\n")
        .append(value.isContainerNode() ? value.toString() : value.asText())
        .append("\r\n");
  }

  private static String escaped(String name) {
    return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }
}
