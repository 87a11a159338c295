package io.stoa.market.discovery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.x402.extension.OriginManifest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What this origin sells, where crawlers look first. */
@Path(OriginManifest.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Discovery")
public class OriginManifestResource {
  private final Catalogue catalogue;
  private final ObjectMapper json;

  OriginManifestResource(Catalogue catalogue, ObjectMapper json) {
    this.catalogue = catalogue;
    this.json = json;
  }

  @GET
  @RunOnVirtualThread
  @Operation(
      operationId = "getOriginManifest",
      summary = "The described calls of this origin, 500 at most",
      description = "A hint (a draft of x402): what a 402 says counts.")
  @APIResponse(
      responseCode = "200",
      description = "x402Version, lastUpdated and items",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  public Response get(@Context Request request) {
    return CacheableJson.answer(catalogue.manifest().json(), json, request);
  }
}
