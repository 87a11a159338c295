package io.stoa.market.publishing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.Cid;
import io.stoa.market.web.Problem;
import io.stoa.storage.BlobStore;
import io.stoa.storage.Imported;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Takes in files: from the socket to the disk, never as a whole in memory. */
@Path("/v1/artifacts")
@Tag(name = "Publishing")
public class ArtifactResource {
  private final Admission admission;
  private final BlobStore store;
  private final ArtifactsConfig config;

  ArtifactResource(Admission admission, BlobStore store, ArtifactsConfig config) {
    this.admission = admission;
    this.store = store;
    this.config = config;
  }

  @POST
  @Consumes(MediaType.APPLICATION_OCTET_STREAM)
  @Produces(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  @Operation(
      operationId = "uploadArtifact",
      summary = "Stores a file under its CID",
      description =
          "Unpublished files go after 24 hours. Needs a wallet's authorization of exactly this body.")
  @APIResponse(
      responseCode = "201",
      description = "Stored, verified and durable.",
      content = @Content(schema = @Schema(implementation = ArtifactView.class)))
  @APIResponse(
      responseCode = "4XX",
      description = "Nothing was stored.",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RestResponse<ArtifactView> upload(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String length,
      InputStream body) {
    var artifact =
        admission.admit(
            authorization,
            length,
            config.maxSize().asLongValue(),
            body,
            (authorized, _) -> new Artifact(store.add(authorized)));
    return RestResponse.ResponseBuilder.<ArtifactView>created(URI.create("/ipfs/" + artifact.cid()))
        .entity(ArtifactView.of(artifact.imported()))
        .build();
  }

  private record Artifact(Imported imported) implements Admission.Stored {
    @Override
    public Cid cid() {
      return imported.cid();
    }
  }
}
