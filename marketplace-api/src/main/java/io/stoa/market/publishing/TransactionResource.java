package io.stoa.market.publishing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.Provider;
import io.stoa.market.web.JsonBody;
import io.stoa.market.web.Problem;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Writes transactions for users' wallets. The node signs none of them and sends none of them. */
@Path("/v1/transactions")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Publishing")
@APIResponse(
    responseCode = "200",
    description = "To be signed and sent by the owner.",
    content = @Content(schema = @Schema(implementation = TransactionView.class)))
@APIResponse(
    responseCode = "4XX",
    description = "The request cannot be served.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class TransactionResource {
  private static final int LARGEST_BODY = 16 * 1024;

  private final RegistryCalls registry;
  private final Documents documents;

  TransactionResource(RegistryCalls registry, Documents documents) {
    this.registry = registry;
    this.documents = documents;
  }

  @POST
  @Path("/commit-handle")
  @Operation(
      operationId = "commitHandle",
      summary = "First step to a handle: keeps secret which one")
  public TransactionView commitHandle(
      @RequestBody(
              content = @Content(schema = @Schema(implementation = Requests.CommitHandle.class)))
          InputStream body) {
    var request = read(body, "owner", "commitment");
    var owner = request.get("owner", Address::parse);
    var commitment = request.get("commitment", Bytes32::parse);
    return TransactionView.of(
        registry.commitHandle(commitment),
        owner,
        "Commits %s to a handle that stays secret until it is claimed.".formatted(owner));
  }

  @POST
  @Path("/claim-handle")
  @Operation(operationId = "claimHandle", summary = "Second step to a handle: reveals and takes it")
  public TransactionView claimHandle(
      @RequestBody(
              content = @Content(schema = @Schema(implementation = Requests.ClaimHandle.class)))
          InputStream body) {
    var request = read(body, "owner", "handle", "salt");
    var owner = request.get("owner", Address::parse);
    var handle = request.get("handle", Provider.Handle::new);
    var salt = request.get("salt", Bytes32::parse);
    return TransactionView.of(
        registry.claimHandle(handle, salt),
        owner,
        "Makes %s the owner of the handle %s.".formatted(owner, handle));
  }

  @POST
  @Path("/publish")
  @Operation(operationId = "publish", summary = "Publishes a listing from stored documents")
  public TransactionView publish(
      @RequestBody(content = @Content(schema = @Schema(implementation = Requests.Publish.class)))
          InputStream body) {
    var request = read(body, "owner", "handle", "service", "splits", "manifest", "offersRoot");
    var terms = ListingTerms.read(request);
    var found =
        documents.find(
            request.get("manifest", Cid::parse), request.get("offersRoot", Bytes32::parse));
    return new Publication(terms, found).transaction(registry);
  }

  private static JsonBody read(InputStream body, String... fields) {
    return JsonBody.parse(JsonBody.bounded(body, LARGEST_BODY), fields);
  }
}
