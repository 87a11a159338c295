package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.domain.Bytes;
import io.stoa.market.inference.ToolCalls.ToolCall;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.extension.HttpCall;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the arguments of a tool into the HTTP request that its provider answers. Values are passed
 * on as they are: whether they keep the schema is the provider's to say.
 */
final class Arguments {
  private static final String PATH = "pathParams";
  private static final String QUERY = "queryParams";
  private static final String BODY = "body";
  private static final Set<String> CLIMBING = Set.of(".", "..");

  private final Tool tool;
  private final Fields sent;

  private Arguments(Tool tool, Fields sent) {
    this.tool = tool;
    this.sent = sent;
  }

  /** The call, or what is wrong with the arguments. */
  static ToolCall read(Tool tool, Fields sent) throws MalformedPayment {
    return new Arguments(tool, sent).call();
  }

  /** What somebody calls who only wants to know the price. */
  static ToolCall none(Tool tool) {
    return call(tool, tool.call().said().path().value(), Optional.empty(), Optional.empty());
  }

  private static ToolCall call(
      Tool tool, String path, Optional<String> query, Optional<ToolCall.Body> body) {
    var method = tool.call().said().method().name();
    return new ToolCall(tool.resource(), tool.listing(), method, path, query, body);
  }

  private ToolCall call() throws MalformedPayment {
    return switch (tool.call().call()) {
      case HttpCall.Query _ -> {
        refuseOthers(Set.of(PATH, QUERY));
        yield call(tool, path(), query(), Optional.empty());
      }
      case HttpCall.Body body -> {
        refuseOthers(Set.of(PATH, BODY));
        yield call(tool, path(), Optional.empty(), Optional.of(body(body.type())));
      }
    };
  }

  private void refuseOthers(Set<String> known) throws MalformedPayment {
    for (var member : sent.json().properties()) {
      if (!known.contains(member.getKey())) {
        throw sent.wrong(member.getKey(), "is not an argument of this tool");
      }
    }
  }

  private String path() throws MalformedPayment {
    var names = tool.pathNames();
    var given =
        names.isEmpty() && !sent.has(PATH)
            ? Fields.of(HeaderCodec.object(), "")
            : sent.object(PATH);
    for (var member : given.json().properties()) {
      if (!names.contains(member.getKey())) {
        throw given.wrong(member.getKey(), "is not in the path");
      }
    }
    var path = new StringBuilder();
    for (var segment : tool.call().said().path().value().split("/", -1)) {
      if (!segment.isEmpty()) {
        path.append('/').append(segment.startsWith(":") ? varying(given, segment) : segment);
      }
    }
    return path.toString();
  }

  private static String varying(Fields given, String segment) throws MalformedPayment {
    var name = segment.substring(1);
    var value = given.text(name);
    if (!isSegment(value)) {
      throw given.wrong(name, "must be the text of one part of a path");
    }
    return encoded(value);
  }

  /** What the gateway lets through. */
  private static boolean isSegment(String value) {
    return !value.isEmpty()
        && value.chars().noneMatch(at -> at == '/' || at == '\\' || at == '%' || at < ' ')
        && !CLIMBING.contains(value.split(";", 2)[0]);
  }

  private Optional<String> query() throws MalformedPayment {
    if (!sent.has(QUERY)) {
      return Optional.empty();
    }
    var given = sent.object(QUERY);
    var pairs = new ArrayList<String>();
    for (var member : given.json().properties()) {
      for (var value : FormData.values(member.getValue())) {
        if (!value.isTextual() && !value.isNumber() && !value.isBoolean()) {
          throw given.wrong(
              member.getKey(), "must be a text, a number, true or false, or a list of such");
        }
        pairs.add(encoded(member.getKey()) + "=" + encoded(value.asText()));
      }
    }
    return pairs.isEmpty() ? Optional.empty() : Optional.of(String.join("&", pairs));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private ToolCall.Body body(HttpCall.BodyType type) throws MalformedPayment {
    return switch (type) {
      case JSON -> body("application/json", value().toString());
      case TEXT -> body("text/plain; charset=utf-8", sent.text(BODY));
      case FORM_DATA -> FormData.of(sent.object(BODY).json());
    };
  }

  private JsonNode value() throws MalformedPayment {
    var value = sent.json().get(BODY);
    if (value == null) {
      throw sent.wrong(BODY, "is missing");
    }
    return value;
  }

  private static ToolCall.Body body(String mediaType, String text) {
    return new ToolCall.Body(mediaType, Bytes.of(text.getBytes(UTF_8)));
  }
}
