package io.stoa.market.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.MarketException;
import io.stoa.market.inference.InferenceConfig;
import io.stoa.market.node.Origin;
import io.stoa.market.web.Capacity;
import io.stoa.market.web.JsonBody;
import io.stoa.market.web.Problem;
import io.stoa.x402.HeaderCodec;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of the Model Context Protocol (streamable HTTP): one message in, one JSON answer
 * out, and nothing remembered between them.
 */
@Path("/mcp")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "MCP")
public class McpResource {
  /** In bytes. What is larger goes to the URL of its call, without a tree of it in memory. */
  private static final int LARGEST = 256 * 1024;

  private static final int MOST_AT_ONCE = 256;

  private final Responses responses;
  private final Origin origin;
  private final int maxBody;
  private final Capacity capacity = new Capacity(MOST_AT_ONCE);

  McpResource(Responses responses, Origin origin, InferenceConfig config) {
    this.responses = responses;
    this.origin = origin;
    this.maxBody = (int) Math.min(LARGEST, config.maxRequestBody().asLongValue());
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  @Operation(
      operationId = "mcp",
      summary = "Described calls of listings as tools of the Model Context Protocol",
      description = "JSON-RPC 2.0: tools/list, tools/call, and what its revisions ask for besides.")
  @APIResponse(
      responseCode = "200",
      description = "The response",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  @APIResponse(responseCode = "202", description = "There was nothing to answer.")
  @APIResponse(
      responseCode = "4XX",
      description = "The request cannot be served; where it was legible, an error of JSON-RPC.",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public Response post(
      @Parameter(description = "Where a browser comes from: only this node's own pages may")
          @HeaderParam("Origin")
          @Nullable String from,
      @Parameter(hidden = true) @Context HttpHeaders headers,
      @RequestBody(
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON,
                      schema = @Schema(type = SchemaType.OBJECT)))
          InputStream body) {
    if (from != null && !from.equals(origin.toString())) {
      throw new MarketException.Forbidden(
          "origin-foreign", "Pages of other origins may not use this node's tools.");
    }
    capacity.enter();
    try {
      return answer(headers, body);
    } finally {
      capacity.leave();
    }
  }

  private Response answer(HttpHeaders headers, InputStream body) {
    var stated =
        new Stated(
            Optional.ofNullable(headers.getHeaderString(Stated.VERSION)),
            Optional.ofNullable(headers.getHeaderString(Stated.METHOD)),
            Optional.ofNullable(headers.getHeaderString(Stated.NAME)));
    var received = Message.read(JsonBody.bounded(body, maxBody));
    return received.isBatch()
        ? all(received.messages(), stated)
        : one(received.messages().getFirst(), stated);
  }

  private Response one(Message message, Stated stated) {
    return responses
        .to(message, stated)
        .map(response -> answer(response.status(), response.json()))
        .orElseGet(() -> Response.accepted().build());
  }

  private Response all(List<Message> messages, Stated stated) {
    if (!stated.mayBatch()) {
      throw new MarketException.Malformed(
          "batch-unsupported", null, "This revision of the protocol takes one message a body.");
    }
    var answers = HeaderCodec.object().arrayNode();
    for (var message : messages) {
      responses.to(message, stated).ifPresent(response -> answers.add(response.json()));
    }
    return answers.isEmpty() ? Response.accepted().build() : answer(200, answers);
  }

  private static Response answer(int status, JsonNode json) {
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "private, no-store")
        .entity(json.toString())
        .build();
  }
}
