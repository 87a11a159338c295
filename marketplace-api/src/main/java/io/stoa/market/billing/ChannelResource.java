package io.stoa.market.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelId;
import io.stoa.market.web.Param;
import io.stoa.market.web.Problem;
import io.stoa.persistence.till.Epochs;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Payment channels, for those whose money they hold. */
@Path("/v1/channels/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Channels")
@RunOnVirtualThread
@APIResponse(
    responseCode = "4XX",
    description = "Unknown, or the wallet that reads has no part in it.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class ChannelResource {
  private final ChannelAccess access;
  private final Epochs epochs;
  private final Attester attester;

  ChannelResource(ChannelAccess access, Epochs epochs, Attester attester) {
    this.access = access;
    this.epochs = epochs;
    this.attester = attester;
  }

  @GET
  @Operation(
      operationId = "getChannel",
      summary = "Where a channel stands",
      description = "For its payer and its payee, by a wallet's authorization.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ChannelView.class)))
  public ChannelView channel(@PathParam("id") String id, @Context HttpServerRequest request) {
    return ChannelView.of(access.open(channel(id), request));
  }

  @GET
  @Path("/voucher")
  @Operation(
      operationId = "getVoucher",
      summary = "The voucher that the channel's money can be claimed with, without this node",
      description = "For its payer and its payee, by a wallet's authorization.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = VoucherView.class)))
  public VoucherView voucher(@PathParam("id") String id, @Context HttpServerRequest request) {
    var account = access.open(channel(id), request);
    return account
        .standing()
        .voucher()
        .map(voucher -> VoucherView.of(account, voucher))
        .orElseThrow(
            () ->
                new MarketException.NotFound(
                    "voucher-unknown", "No call was charged to this channel yet."));
  }

  @GET
  @Path("/calls/{fence}/receipt")
  @Operation(
      operationId = "getCallReceipt",
      summary = "The signed receipt of a call that the channel was charged for",
      description = "For its payer and its payee, by a wallet's authorization.")
  public String receipt(
      @PathParam("id") String id,
      @PathParam("fence") String fence,
      @Context HttpServerRequest request) {
    var delivered = access.delivered(channel(id), fence(fence), request);
    return attester.sign(delivered.delivery().orElseThrow().receipt());
  }

  @GET
  @Path("/calls/{fence}/receipt/proof")
  @Operation(
      operationId = "getCallProof",
      summary = "The proof that the receipt of a call is anchored",
      description = "For its payer and its payee, by a wallet's authorization.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ProofView.class)))
  public ProofView proof(
      @PathParam("id") String id,
      @PathParam("fence") String fence,
      @Context HttpServerRequest request) {
    var usage = access.delivered(channel(id), fence(fence), request);
    return ProofView.find(epochs, usage.delivery().orElseThrow().receipt(), usage.chargedAt());
  }

  private static ChannelId channel(String id) {
    return Param.read("id", id, ChannelId::parse);
  }

  private static long fence(String text) {
    return Param.read("fence", text, ChannelResource::count);
  }

  private static long count(String digits) {
    try {
      long count = Long.parseLong(digits);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException("not the number of a call");
  }
}
