package io.stoa.market.discovery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.market.web.Param;
import io.stoa.market.web.Problem;
import io.stoa.x402.extension.DiscoveryPage;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The catalogue as x402 has it (extension bazaar), for clients that know no more than that. */
@Path("/discovery")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Discovery")
@APIResponse(
    responseCode = "4XX",
    description = "The request cannot be served.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class DiscoveryResource {
  private final Catalogue catalogue;
  private final ObjectMapper json;

  DiscoveryResource(Catalogue catalogue, ObjectMapper json) {
    this.catalogue = catalogue;
    this.json = json;
  }

  @GET
  @Path("/resources")
  @RunOnVirtualThread
  @Operation(
      operationId = "listResources",
      summary = "What is for sale, in the order of publication",
      description =
          "Items are calls that providers describe, and listings without such. One matches when it"
              + " can be paid in one way that has the payTo, the scheme and the network asked for.")
  @APIResponse(
      responseCode = "200",
      description = "x402Version, items and pagination: limit, offset, total",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  public Response resources(
      @Parameter(description = "http or mcp") @QueryParam("type") @Nullable String type,
      @Parameter(description = "Only paid to this address") @QueryParam("payTo")
          @Nullable String payTo,
      @Parameter(description = "Only payable by this scheme") @QueryParam("scheme")
          @Nullable String scheme,
      @Parameter(description = "Only payable on this network (CAIP-2)") @QueryParam("network")
          @Nullable String network,
      @Parameter(description = "Only with this extension") @QueryParam("extensions")
          @Nullable String extensions,
      @Parameter(description = "1 to 100, else 20") @QueryParam("limit") @Nullable String limit,
      @Parameter(description = "How many to leave out, else 0") @QueryParam("offset")
          @Nullable String offset,
      @Context Request request) {
    var filter = Filter.read(type, payTo, scheme, network, extensions);
    int skipped = Param.number("offset", offset, 0, 0, Integer.MAX_VALUE);
    return CacheableJson.answer(
        catalogue.page(filter, limit(limit), skipped).json(), json, request);
  }

  @GET
  @Path("/search")
  @RunOnVirtualThread
  @Operation(
      operationId = "searchResources",
      summary = "What fits some words, the best first",
      description = "Items are the same as in the list, and the filters too.")
  @APIResponse(
      responseCode = "200",
      description = "x402Version, resources, partialResults and pagination: limit, cursor",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  public Response search(
      @Parameter(description = "Words, in 200 characters at most", required = true)
          @QueryParam("query")
          @Nullable String query,
      @Parameter(description = "http or mcp") @QueryParam("type") @Nullable String type,
      @Parameter(description = "Only paid to this address") @QueryParam("payTo")
          @Nullable String payTo,
      @Parameter(description = "Only payable by this scheme") @QueryParam("scheme")
          @Nullable String scheme,
      @Parameter(description = "Only payable on this network (CAIP-2)") @QueryParam("network")
          @Nullable String network,
      @Parameter(description = "Only with this extension") @QueryParam("extensions")
          @Nullable String extensions,
      @Parameter(description = "1 to 100, else 20") @QueryParam("limit") @Nullable String limit,
      @Parameter(description = "What an earlier page gave as cursor") @QueryParam("cursor")
          @Nullable String cursor,
      @Context Request request) {
    var search = Param.read("query", query == null ? "" : query, Search::parse);
    var filter = Filter.read(type, payTo, scheme, network, extensions);
    var after = Param.find("cursor", cursor, Search.Hit::parse);
    return CacheableJson.answer(
        catalogue.search(search, filter, limit(limit), after).json(), json, request);
  }

  private static int limit(@Nullable String limit) {
    return Param.number("limit", limit, DiscoveryPage.DEFAULT_LIMIT, 1, DiscoveryPage.MAX_LIMIT);
  }
}
