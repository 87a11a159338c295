package io.stoa.market.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The facilitator's messages, for the contract's readers: they are read and written by x402. */
final class Messages {
  private Messages() {}

  @Schema(name = "FacilitatorRequest", description = "64 KiB at most.")
  record Question(
      @Schema(required = true, description = "2 or 1.") int x402Version,
      @Schema(required = true, description = "What the buyer sent.")
          Map<String, Object> paymentPayload,
      @Schema(required = true, description = "The option that the server asked for.")
          Map<String, Object> paymentRequirements) {}

  @Schema(name = "VerifyResponse")
  record Verdict(
      @Schema(required = true) boolean isValid,
      @Schema(description = "The first rule that is broken.") @Nullable String invalidReason,
      @Nullable String invalidMessage,
      @Nullable String payer,
      @Schema(description = "Of a channel: how it stands on the chain.")
          @Nullable Map<String, Object> extra) {}

  @Schema(name = "SettlementResponse")
  record Settled(
      @Schema(required = true) boolean success,
      @Schema(required = true, description = "Empty when nothing was broadcast.")
          String transaction,
      @Schema(required = true) String network,
      @Nullable String payer,
      @Schema(description = "What was moved, in the token's smallest unit.")
          @Nullable String amount,
      @Schema(description = "settlement_pending is no end: ask again.")
          @Nullable String errorReason,
      @Nullable String errorMessage,
      @Schema(description = "Of a channel: how it stands on the chain.")
          @Nullable Map<String, Object> extra) {}

  /** Of a request that cannot be read, so that nobody knows of which network it is. */
  static ObjectNode unsettled(MalformedPayment malformed) {
    return HeaderCodec.object()
        .put("success", false)
        .put("transaction", "")
        .put("network", "")
        .put("errorReason", malformed.reason())
        .put("errorMessage", malformed.getMessage());
  }

  @Schema(name = "SupportedKinds")
  record Supported(
      @Schema(required = true) List<Kind> kinds,
      @Schema(required = true) List<String> extensions,
      @Schema(required = true) Map<String, List<String>> signers) {}

  @Schema(name = "SupportedKind")
  record Kind(
      @Schema(required = true) int x402Version,
      @Schema(required = true) String scheme,
      @Schema(required = true) String network,
      @Nullable Map<String, Object> extra) {}
}
