package io.stoa.market.mcp;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.MarketException;
import io.stoa.x402.HeaderCodec;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Answers messages: a result, or an error. */
@Singleton
final class Responses {
  private static final System.Logger LOG = System.getLogger(Responses.class.getName());

  private final Methods methods;

  Responses(Methods methods) {
    this.methods = methods;
  }

  /**
   * One of them.
   *
   * @param status of HTTP, where it is answered alone
   */
  record Response(int status, ObjectNode json) {}

  /** Empty for what is not to be answered. Blocks while a tool runs: call from a virtual thread. */
  Optional<Response> to(Message message, Stated stated) {
    return switch (message) {
      case Message.Unanswered _ -> Optional.empty();
      case Message.Invalid(var id, var failure) -> Optional.of(failed(id, failure));
      case Message.Request request -> Optional.of(to(request, stated));
    };
  }

  private Response to(Message.Request request, Stated stated) {
    try {
      var result = methods.result(request, stated.revision(request));
      return new Response(200, response(request.id()).set("result", result));
    } catch (RpcFailure failure) {
      return failed(request.id(), failure);
    } catch (MarketException problem) {
      throw problem;
    } catch (RuntimeException bug) {
      // What else came in the same body may have been paid for.
      LOG.log(ERROR, "message failed", bug);
      return failed(request.id(), RpcFailure.internal());
    }
  }

  private static Response failed(JsonNode id, RpcFailure failure) {
    return new Response(failure.status(), response(id).set("error", failure.error()));
  }

  private static ObjectNode response(JsonNode id) {
    return HeaderCodec.object().put("jsonrpc", "2.0").set("id", id);
  }
}
