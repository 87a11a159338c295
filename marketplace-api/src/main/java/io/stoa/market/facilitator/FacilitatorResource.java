package io.stoa.market.facilitator;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.market.web.JsonBody;
import io.stoa.market.web.Problem;
import io.stoa.payments.facilitator.Kinds;
import io.stoa.payments.facilitator.PaymentVerifier;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.facilitator.VerifyResponse;
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
import java.util.function.Supplier;
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
@RunOnVirtualThread
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
  private final Instance<PaymentVerifier> verifier;
  private final Instance<Kinds> kinds;
  private final TimeLimit timeLimit;

  FacilitatorResource(
      FacilitatorConfig config,
      Instance<Admission> admission,
      Instance<PaymentVerifier> verifier,
      Instance<Kinds> kinds,
      TimeLimit timeLimit) {
    this.isEnabled = config.enabled();
    this.admission = admission;
    this.verifier = verifier;
    this.kinds = kinds;
    this.timeLimit = timeLimit;
  }

  @GET
  @Path("/supported")
  @Operation(operationId = "supported", summary = "What this facilitator can settle")
  @APIResponse(
      responseCode = "200",
      description = "The kinds, as x402 has them.",
      content = @Content(schema = @Schema(implementation = Messages.Supported.class)))
  public String supported(@Context HttpServerRequest request) {
    admit(request);
    return timeLimit.of(() -> kinds.get().find().json().toString());
  }

  @POST
  @Path("/verify")
  @Operation(operationId = "verify", summary = "Whether a payment is good; changes nothing")
  @APIResponse(
      responseCode = "200",
      description = "The answer, also when it is no.",
      content = @Content(schema = @Schema(implementation = Messages.Verdict.class)))
  public String verify(
      @RequestBody(
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON,
                      schema = @Schema(implementation = Messages.Question.class)))
          InputStream body,
      @Context HttpServerRequest request) {
    var client = admit(request);
    var bytes = JsonBody.bounded(body, FacilitatorRequest.MAX_LENGTH);
    return answer(() -> verify(client, bytes));
  }

  private VerifyResponse verify(Client client, byte[] body) {
    FacilitatorRequest request;
    try {
      request = FacilitatorRequest.read(body);
    } catch (MalformedPayment malformed) {
      return VerifyResponse.Invalid.of(malformed);
    }
    return admission.get().serves(client, request.requirements().payTo())
        ? verifier.get().verify(request)
        : VerifyResponse.Invalid.because(NOT_SERVED);
  }

  private String answer(Supplier<VerifyResponse> work) {
    return timeLimit.of(() -> work.get().json().toString());
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
