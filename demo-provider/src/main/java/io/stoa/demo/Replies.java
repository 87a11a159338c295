package io.stoa.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.stoa.demo.Embedder.Embedded;
import io.stoa.demo.EmbeddingRequest.Encoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Writes what OpenAI's clients expect to read. */
final class Replies {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Replies() {}

  static ObjectNode embeddings(String model, List<Embedded> all, Encoding encoding) {
    var reply = NODES.objectNode().put("object", "list");
    var data = reply.putArray("data");
    int tokens = 0;
    for (var embedded : all) {
      var item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      switch (encoding) {
        case FLOAT -> {
          var vector = item.putArray("embedding");
          for (float coordinate : embedded.vector()) {
            vector.add(coordinate);
          }
        }
        case BASE64 -> item.put("embedding", base64(embedded.vector()));
      }
      tokens += embedded.tokens();
    }
    reply.put("model", model);
    reply.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return reply;
  }

  static ObjectNode error(Refusal refusal) {
    var reply = NODES.objectNode();
    reply
        .putObject("error")
        .put("message", refusal.getMessage())
        .put("type", refusal.type())
        .put("param", refusal.param())
        .put("code", refusal.code());
    return reply;
  }

  static void send(HttpExchange exchange, int status, ObjectNode reply) throws IOException {
    var body = JSON.writeValueAsBytes(reply);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static String base64(float[] vector) {
    var bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
