package io.stoa.market.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The till's own health, for everybody. */
@Path("/v1/reconciliation")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Payments")
@RunOnVirtualThread
public class ReconciliationResource {
  private final Auditor auditor;

  ReconciliationResource(Auditor auditor) {
    this.auditor = auditor;
  }

  @GET
  @Operation(
      operationId = "getReconciliation",
      summary = "What is undecided, and whether the books agree with the chain")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ReconciliationView.class)))
  public ReconciliationView reconciliation() {
    return auditor.view();
  }
}
