package io.stoa.market.identity;

import io.smallrye.common.annotation.NonBlocking;
import io.stoa.chain.keys.KeyRing;
import io.stoa.domain.ChainId;
import io.stoa.market.node.NodeDid;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who this node is (did:web). */
@Path("/.well-known/did.json")
@Tag(name = "Identity")
public class DidResource {
  private final DidDocument document;

  DidResource(NodeDid did, KeyRing keys, ChainId chain) {
    this.document =
        DidDocument.of(did, keys.origin().publicKey(), keys.attester().address(), chain);
  }

  @GET
  @NonBlocking
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(operationId = "getDid", summary = "The node's public keys, as a did:web document")
  @APIResponse(responseCode = "200", description = "DID document")
  public DidDocument get() {
    return document;
  }
}
