package io.stoa.market.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.MarketException;
import io.stoa.domain.payment.PaymentId;
import io.stoa.market.web.Param;
import io.stoa.persistence.till.Epochs;
import io.stoa.persistence.till.Till;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Payments and receipts, for whoever knows a payment's id: its payer does before it pays. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Payments")
@RunOnVirtualThread
public class PaymentResource {
  private final Till till;
  private final Epochs epochs;
  private final Attester attester;

  PaymentResource(Till till, Epochs epochs, Attester attester) {
    this.till = till;
    this.epochs = epochs;
    this.attester = attester;
  }

  @GET
  @Path("/payments/{id}")
  @Operation(operationId = "getPayment", summary = "What became of a payment")
  public PaymentView payment(@PathParam("id") String id) {
    return till.find(Param.read("id", id, PaymentId::parse))
        .map(PaymentView::of)
        .orElseThrow(
            () ->
                new MarketException.NotFound(
                    "payment-unknown", "This node has not seen such a payment."));
  }

  @GET
  @Path("/receipts/{id}")
  @Operation(
      operationId = "getReceipt",
      summary = "The signed receipt of a settled payment, by the payment's id")
  public String receipt(@PathParam("id") String id) {
    return till.receipt(Param.read("id", id, PaymentId::parse))
        .map(attester::sign)
        .orElseThrow(PaymentResource::noReceipt);
  }

  @GET
  @Path("/receipts/{id}/proof")
  @Operation(
      operationId = "getReceiptProof",
      summary = "The proof that the receipt of a payment is anchored")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ProofView.class)))
  public ProofView proof(@PathParam("id") String id) {
    var issued =
        epochs
            .issued(Param.read("id", id, PaymentId::parse))
            .orElseThrow(PaymentResource::noReceipt);
    return ProofView.find(epochs, issued.document(), issued.at());
  }

  private static MarketException noReceipt() {
    return new MarketException.NotFound(
        "receipt-unknown", "There is no receipt: the payment is not settled here.");
  }
}
