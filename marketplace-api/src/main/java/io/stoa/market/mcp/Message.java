package io.stoa.market.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.MarketException;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a client sends: one message of JSON-RPC 2.0. */
sealed interface Message {
  JsonFactory JSON = new JsonFactory();

  /** Longest id that is repeated. */
  int LONGEST_ID = 256;

  /** In one list. */
  int MOST = 8;

  /** Values and names in one body: in memory each takes many times its text. */
  int MOST_TOKENS = 20_000;

  /** To be answered. */
  record Request(JsonNode id, String method, Fields params) implements Message {}

  /** Not to be answered: a notification, or a response to what was never asked. */
  record Unanswered() implements Message {}

  /** To be answered with what is wrong with it. */
  record Invalid(JsonNode id, RpcFailure failure) implements Message {}

  /**
   * What came in one body.
   *
   * @param isBatch whether it came as a list
   */
  record Received(List<Message> messages, boolean isBatch) {
    public Received {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Reads a body. Unknown members are ignored; a member that is there twice, or JSON that nests too
   * deep, is no JSON.
   */
  static Received read(byte[] body) {
    var json = json(body);
    if (!(json instanceof ArrayNode batch)) {
      return new Received(List.of(message(json)), false);
    }
    if (batch.isEmpty() || batch.size() > MOST) {
      throw new MarketException.Malformed(
          "batch-malformed", null, "The body is not a list of 1 to " + MOST + " messages.");
    }
    var messages = new ArrayList<Message>();
    batch.forEach(each -> messages.add(message(each)));
    return new Received(messages, true);
  }

  private static JsonNode json(byte[] body) {
    requireFew(body);
    try {
      return HeaderCodec.value(body, body.length);
    } catch (MalformedPayment malformed) {
      throw new MarketException.Malformed(
          "json-malformed", null, String.valueOf(malformed.getMessage()));
    }
  }

  private static void requireFew(byte[] body) {
    try (var tokens = JSON.createParser(body)) {
      for (int count = 0; tokens.nextToken() != null; count++) {
        if (count == MOST_TOKENS) {
          throw new MarketException.TooLarge(
              "body-too-large", "The body holds more than " + MOST_TOKENS + " values and names.");
        }
      }
    } catch (IOException noJson) {
      // Whoever reads it says what is wrong.
    }
  }

  private static Message message(JsonNode json) {
    var id = json.get("id");
    try {
      if (!(json instanceof ObjectNode object) || !object.path("jsonrpc").asText().equals("2.0")) {
        throw RpcFailure.invalidRequest("This is not a message of JSON-RPC 2.0.");
      }
      if (!object.has("method") && (object.has("result") || object.has("error"))) {
        return new Unanswered();
      }
      if (!object.path("method").isTextual()) {
        throw RpcFailure.invalidRequest("/method must be a string.");
      }
      if (id == null) {
        return new Unanswered();
      }
      if (!isId(id)) {
        throw RpcFailure.invalidRequest(
            "/id must be a whole number, or a string of %d characters at most."
                .formatted(LONGEST_ID));
      }
      return new Request(id, object.path("method").textValue(), params(object));
    } catch (RpcFailure failure) {
      return new Invalid(id != null && isId(id) ? id : NullNode.instance, failure);
    }
  }

  private static boolean isId(JsonNode id) {
    return id.isTextual()
        ? id.textValue().length() <= LONGEST_ID
        : id.isIntegralNumber() && id.canConvertToLong();
  }

  private static Fields params(ObjectNode request) throws RpcFailure {
    try {
      var params = request.get("params");
      return Fields.of(params == null ? HeaderCodec.object() : params, "/params");
    } catch (MalformedPayment malformed) {
      throw RpcFailure.invalidParams(malformed);
    }
  }
}
