package io.stoa.market.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.market.inference.ToolCalls;
import io.stoa.market.inference.ToolCalls.ToolCall;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What can be asked of this server. */
@Singleton
final class Methods {
  private static final Duration LIST_AGE = Duration.ofSeconds(30);
  private static final Pattern CURSOR = Pattern.compile("(\\d{1,18})-(\\d{1,9})");
  private static final String INSTRUCTIONS =
      """
      Every tool is a service that its provider sells. A call without a payment is answered with \
      what it costs: isError is true, and structuredContent holds x402's PaymentRequired. Sign one \
      of its options and send the same call again with the PaymentPayload in \
      params._meta["x402/payment"]. Nothing is charged for a call that fails, unless the option that \
      paid for it says upfront.""";

  private final Tools tools;
  private final ToolCalls calls;
  private final ToolResult results;
  private final String version;

  Methods(
      Tools tools,
      ToolCalls calls,
      ToolResult results,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.tools = tools;
    this.calls = calls;
    this.results = results;
    this.version = version;
  }

  /** Blocks while a tool runs: call from a virtual thread. */
  ObjectNode result(Message.Request request, Revision revision) throws RpcFailure {
    try {
      return revision.hasHandshake()
          ? result(request)
          : resultWithoutHandshake(request).put("resultType", "complete");
    } catch (MalformedPayment malformed) {
      throw RpcFailure.invalidParams(malformed);
    }
  }

  private ObjectNode result(Message.Request request) throws RpcFailure, MalformedPayment {
    return switch (request.method()) {
      case "initialize" -> initialize(request.params());
      case "ping" -> HeaderCodec.object();
      case "tools/list" -> list(request.params());
      case "tools/call" -> call(request.params());
      default -> throw RpcFailure.unknownMethod(Revision.LAST_WITH_HANDSHAKE);
    };
  }

  private ObjectNode resultWithoutHandshake(Message.Request request)
      throws RpcFailure, MalformedPayment {
    return switch (request.method()) {
      case "server/discover" -> cached(discover());
      case "tools/list" -> cached(list(request.params()));
      case "tools/call" -> call(request.params());
      default -> throw RpcFailure.unknownMethod(Revision.JULY_2026);
    };
  }

  private static ObjectNode cached(ObjectNode result) {
    return result.put("ttlMs", LIST_AGE.toMillis()).put("cacheScope", "public");
  }

  private ObjectNode initialize(Fields params) throws MalformedPayment {
    var revision =
        Revision.find(params.text("protocolVersion"))
            .filter(Revision::hasHandshake)
            .orElse(Revision.LAST_WITH_HANDSHAKE);
    var result = self().put("protocolVersion", revision.toString());
    return result.set("serverInfo", name());
  }

  private ObjectNode discover() {
    var result = self();
    var versions = result.putArray("supportedVersions");
    Stream.of(Revision.values()).map(Revision::toString).forEach(versions::add);
    result.putObject("_meta").set("io.modelcontextprotocol/serverInfo", name());
    return result;
  }

  private static ObjectNode self() {
    var result = HeaderCodec.object().put("instructions", INSTRUCTIONS);
    result.putObject("capabilities").putObject("tools");
    return result;
  }

  private ObjectNode name() {
    return HeaderCodec.object().put("name", "stoa").put("title", "Stoa").put("version", version);
  }

  private ObjectNode list(Fields params) throws RpcFailure, MalformedPayment {
    var cursor = params.optionalText("cursor");
    var page =
        tools.now().page(cursor.isPresent() ? Optional.of(place(cursor.get())) : Optional.empty());
    var result = HeaderCodec.object();
    var list = result.putArray("tools");
    page.tools().forEach(tool -> list.add(tool.json()));
    page.next().ifPresent(last -> result.put("nextCursor", last.listing() + "-" + last.call()));
    return result;
  }

  private static Tool.Place place(String cursor) throws RpcFailure {
    var parts = CURSOR.matcher(cursor);
    if (!parts.matches()) {
      throw RpcFailure.invalidParams("/params/cursor is not what an earlier page gave.");
    }
    return new Tool.Place(Long.parseLong(parts.group(1)), Integer.parseInt(parts.group(2)));
  }

  private ObjectNode call(Fields params) throws RpcFailure, MalformedPayment {
    var name = params.text("name");
    var tool =
        tools
            .now()
            .find(name)
            .orElseThrow(
                () -> RpcFailure.invalidParams("/params/name is not a tool of this node."));
    var payment = payment(params);
    return results.of(tool, calls.serve(read(tool, params, payment.isPresent()), payment));
  }

  /** Who has not paid learns the price, whatever else is wrong. */
  private static ToolCall read(Tool tool, Fields params, boolean isPaid) throws MalformedPayment {
    try {
      var arguments =
          params.has("arguments")
              ? params.object("arguments")
              : Fields.of(HeaderCodec.object(), "/params/arguments");
      return Arguments.read(tool, arguments);
    } catch (MalformedPayment malformed) {
      if (isPaid) {
        throw malformed;
      }
      return Arguments.none(tool);
    }
  }

  /** What is no object is a malformed payment, which is told with the terms. */
  private static Optional<Fields> payment(Fields params) throws RpcFailure, MalformedPayment {
    if (!params.has("_meta")) {
      return Optional.empty();
    }
    JsonNode payment = params.object("_meta").json().get(ToolResult.PAYMENT);
    if (payment == null || payment.isNull()) {
      return Optional.empty();
    }
    if (payment.toString().length() > HeaderCodec.MAX_LENGTH) {
      throw RpcFailure.invalidParams(
          "The payment is longer than " + HeaderCodec.MAX_LENGTH + " characters.");
    }
    return Optional.of(
        payment instanceof ObjectNode
            ? Fields.of(payment, "")
            : Fields.of(HeaderCodec.object(), ""));
  }
}
