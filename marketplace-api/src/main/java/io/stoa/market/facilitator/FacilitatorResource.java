package io.stoa.market.facilitator;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.market.web.BodyReader;
import io.stoa.market.web.JsonBody;
import io.stoa.market.web.Problem;
import io.stoa.payments.facilitator.Facilitator;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.facilitator.VerifyResponse;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The facilitator as x402 has it (§8): a payment that does not hold is an answer like any other,
 * with status 200.
 */
@Path("/x402")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Facilitator")
@APIResponse(
    responseCode = "4XX",
    description = "The request cannot be served.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
    responseCode = "503",
    description = "The chain does not answer.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class FacilitatorResource {
  private static final String NOT_SERVED = "payee_not_served";

  private final boolean isEnabled;
  private final Instance<Admission> admission;
  private final Instance<Facilitator> facilitator;
  private final TimeLimit timeLimit;
  private final BodyReader bodies;
  private final Duration patience;

  FacilitatorResource(
      FacilitatorConfig config,
      Instance<Admission> admission,
      Instance<Facilitator> facilitator,
      TimeLimit timeLimit,
      Vertx vertx) {
    this.isEnabled = config.enabled();
    this.admission = admission;
    this.facilitator = facilitator;
    this.timeLimit = timeLimit;
    this.bodies = new BodyReader(vertx, FacilitatorRequest.MAX_LENGTH, JsonBody.LONGEST);
    this.patience = config.timeLimit();
  }

  @GET
  @Path("/supported")
  @NonBlocking
  @Operation(operationId = "supported", summary = "What this facilitator can settle")
  @APIResponse(
      responseCode = "200",
      description = "The kinds, as x402 has them.",
      content = @Content(schema = @Schema(implementation = Messages.Supported.class)))
  public CompletionStage<String> supported(@Context HttpServerRequest request) {
    admit(request);
    return timeLimit.of(() -> completedFuture(facilitator.get().kinds().find().json().toString()));
  }

  @POST
  @Path("/verify")
  @NonBlocking
  @RequestBody(
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Messages.Question.class)))
  @Operation(operationId = "verify", summary = "Whether a payment is good; changes nothing")
  @APIResponse(
      responseCode = "200",
      description = "The answer, also when it is no.",
      content = @Content(schema = @Schema(implementation = Messages.Verdict.class)))
  public CompletionStage<String> verify(@Context HttpServerRequest request) {
    var client = admit(request);
    return bodies
        .read(request)
        .thenCompose(body -> timeLimit.of(() -> verify(client, body.getBytes())))
        .thenApply(answer -> answer.json().toString());
  }

  private CompletableFuture<VerifyResponse> verify(Client client, byte[] body) {
    try {
      var request = FacilitatorRequest.read(body);
      return admission.get().serves(client, request.requirements().payTo())
          ? facilitator.get().desk().verify(request)
          : completedFuture(VerifyResponse.Invalid.because(NOT_SERVED));
    } catch (MalformedPayment malformed) {
      return completedFuture(VerifyResponse.Invalid.of(malformed));
    }
  }

  @POST
  @Path("/settle")
  @RunOnVirtualThread
  @Operation(operationId = "settle", summary = "Settles a payment, once, however often it is asked")
  @APIResponse(
      responseCode = "200",
      description = "How it ended, also when it failed.",
      content = @Content(schema = @Schema(implementation = Messages.Settled.class)))
  public String settle(
      @RequestBody(
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON,
                      schema = @Schema(implementation = Messages.Question.class)))
          InputStream body,
      @Context HttpServerRequest http) {
    var client = admit(http);
    var bytes = JsonBody.bounded(body, FacilitatorRequest.MAX_LENGTH);
    try {
      var request = FacilitatorRequest.read(bytes);
      return request.json(settle(client, request)).toString();
    } catch (MalformedPayment malformed) {
      return Messages.unsettled(malformed).toString();
    }
  }

  private SettlementResponse settle(Client client, FacilitatorRequest request) {
    var asked = request.requirements();
    return admission.get().serves(client, asked.payTo())
        ? facilitator.get().desk().settle(request, admission.get().asker(client), patience)
        : SettlementResponse.refused(asked.network(), NOT_SERVED);
  }

  private Client admit(HttpServerRequest request) {
    if (!isEnabled) {
      throw new NotFoundException();
    }
    return admission.get().admit(request.getHeader("Authorization"), address(request));
  }

  /** Of a connection that is closed already there is none. */
  private static String address(HttpServerRequest request) {
    var peer = request.remoteAddress();
    return peer == null ? "gone" : String.valueOf(peer.hostAddress());
  }
}
