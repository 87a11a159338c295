package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes;
import io.stoa.market.inference.CallReply;
import io.stoa.market.web.Problem;
import io.stoa.payments.Answer;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * The result of a tool (x402, transport {@code mcp}). What a provider says where its words would be
 * taken for a demand to pay is no text: a client that pays looks at errors.
 */
@Singleton
final class ToolResult {
  static final String PAYMENT = "x402/payment";

  private static final String PAYMENT_RESPONSE = "x402/payment-response";
  private static final String RECEIPT = "stoa/receipt";
  private static final String STRUCTURED = "structuredContent";

  private final ObjectMapper problems;

  ToolResult(ObjectMapper problems) {
    this.problems = problems;
  }

  ObjectNode of(Tool tool, CallReply reply) {
    var result =
        switch (reply.outcome()) {
          case CallReply.Answered(var answer) -> answered(tool, answer);
          case CallReply.Nothing _ -> content(HeaderCodec.object().arrayNode(), false);
          case CallReply.Required(var terms) -> error(terms.json());
          case CallReply.Failed(var problem) -> error(json(problem));
          case CallReply.Declined(var answer) ->
              declined(tool, answer, reply.settlement().isPresent());
        };
    var meta = HeaderCodec.object();
    reply.settlement().ifPresent(settlement -> meta.set(PAYMENT_RESPONSE, settlement.json()));
    reply.receipt().ifPresent(path -> meta.put(RECEIPT, path));
    return meta.isEmpty() ? result : result.set("_meta", meta);
  }

  private static ObjectNode answered(Tool tool, Answer answer) {
    var result = content(blocks(tool, answer), false);
    if (isJson(mediaType(answer))) {
      object(answer.body()).ifPresent(json -> result.set(STRUCTURED, json));
    }
    return result;
  }

  /** Clients that pay look for demands in every text of an error: the provider's is no text. */
  private ObjectNode declined(Tool tool, Answer answer, boolean hasMoved) {
    var fault =
        "The provider found fault with the request. "
            + (hasMoved ? "What became of the money is in _meta." : "Nothing was charged.");
    var result = error(json(Problem.of(answer.status(), "provider-declined", fault)));
    if (!answer.body().isEmpty()) {
      resource(result.withArray("content"), tool, answer);
    }
    return result;
  }

  /** In both places where clients look for it. */
  private static ObjectNode error(ObjectNode json) {
    var blocks = HeaderCodec.object().arrayNode();
    text(blocks, json.toString());
    return content(blocks, true).set(STRUCTURED, json);
  }

  private static ObjectNode content(ArrayNode blocks, boolean isError) {
    return HeaderCodec.object().put("isError", isError).set("content", blocks);
  }

  private static ArrayNode blocks(Tool tool, Answer answer) {
    var blocks = HeaderCodec.object().arrayNode();
    var body = answer.body();
    if (body.isEmpty()) {
      return blocks;
    }
    var type = mediaType(answer);
    if (type.startsWith("image/") || type.startsWith("audio/")) {
      blocks
          .addObject()
          .put("type", type.substring(0, type.indexOf('/')))
          .put("data", base64(body))
          .put("mimeType", type);
      return blocks;
    }
    var text = isText(type) ? text(body) : Optional.<String>empty();
    text.ifPresentOrElse(words -> text(blocks, words), () -> resource(blocks, tool, answer));
    return blocks;
  }

  private static void resource(ArrayNode blocks, Tool tool, Answer answer) {
    var type = mediaType(answer);
    blocks
        .addObject()
        .put("type", "resource")
        .putObject("resource")
        .put("uri", tool.resource())
        .put("mimeType", type.isEmpty() ? "application/octet-stream" : type)
        .put("blob", base64(answer.body()));
  }

  private static void text(ArrayNode blocks, String text) {
    blocks.addObject().put("type", "text").put("text", text);
  }

  private ObjectNode json(Problem problem) {
    return problems.valueToTree(problem);
  }

  private static String mediaType(Answer answer) {
    return answer.headers().stream()
        .filter(header -> header.name().equals("content-type"))
        .findFirst()
        .map(header -> header.value().split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  private static boolean isText(String type) {
    return type.startsWith("text/") || isJson(type);
  }

  private static boolean isJson(String type) {
    return type.equals("application/json") || type.endsWith("+json");
  }

  /** Empty when it is not UTF-8. */
  private static Optional<String> text(Bytes body) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(body.toBytes())).toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  private static Optional<ObjectNode> object(Bytes body) {
    try {
      return Optional.of(HeaderCodec.parse(body.toBytes(), body.size()).json());
    } catch (MalformedPayment noObject) {
      return Optional.empty();
    }
  }

  private static String base64(Bytes body) {
    return Base64.getEncoder().encodeToString(body.toBytes());
  }
}
