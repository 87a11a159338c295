package io.stoa.market.publishing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.domain.Cid;
import io.stoa.indexer.document.DocumentReader;
import io.stoa.market.web.JsonBody;
import io.stoa.market.web.Problem;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Takes in the documents of a listing, and writes the transaction that publishes it. */
@Path("/v1/manifests")
@Tag(name = "Publishing")
public class ManifestResource {
  private static final int LARGEST_BODY = 2 * DocumentReader.MAX_SIZE + 16 * 1024;

  private final Admission admission;
  private final Documents documents;
  private final RegistryCalls registry;

  ManifestResource(Admission admission, Documents documents, RegistryCalls registry) {
    this.admission = admission;
    this.documents = documents;
    this.registry = registry;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  @Operation(
      operationId = "storeDocuments",
      summary = "Checks and stores a manifest and its offers",
      description =
          "With owner and service, also gives the unsigned transaction that publishes them."
              + " Needs a wallet's authorization of exactly this body.")
  @APIResponse(
      responseCode = "201",
      description = "Both are good and stored.",
      content = @Content(schema = @Schema(implementation = DocumentsView.class)))
  @APIResponse(
      responseCode = "4XX",
      description = "Nothing was stored.",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  public RestResponse<DocumentsView> store(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String length,
      @RequestBody(content = @Content(schema = @Schema(implementation = Requests.Manifest.class)))
          InputStream body) {
    var stored =
        admission.admit(
            authorization,
            length,
            LARGEST_BODY,
            body,
            (authorized, _) -> store(JsonBody.bounded(authorized, LARGEST_BODY)));
    var transaction =
        stored
            .terms()
            .map(terms -> new Publication(terms, stored.documents()).transaction(registry));
    return RestResponse.status(
        RestResponse.Status.CREATED, DocumentsView.of(stored.documents(), transaction));
  }

  private Accepted store(byte[] json) {
    var body = JsonBody.parse(json, "manifest", "offers", "owner", "handle", "service", "splits");
    var terms =
        ListingTerms.FIELDS.stream().anyMatch(body::has)
            ? Optional.of(ListingTerms.read(body))
            : Optional.<ListingTerms>empty();
    return new Accepted(documents.store(body.object("manifest"), body.object("offers")), terms);
  }

  private record Accepted(Documents.Pair documents, Optional<ListingTerms> terms)
      implements Admission.Stored {
    @Override
    public Cid cid() {
      return documents.cid();
    }
  }
}
