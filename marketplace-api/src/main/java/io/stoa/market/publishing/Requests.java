package io.stoa.market.publishing;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The bodies that publishing takes, for the description of the interface; they are read field by
 * field.
 */
final class Requests {
  private Requests() {}

  /** First step to a handle. */
  @Schema(name = "CommitHandle")
  record CommitHandle(
      @Schema(description = "Will send both transactions and own the handle", required = true)
          String owner,
      @Schema(description = "keccak256(abi.encode(handle, owner, salt))", required = true)
          String commitment) {}

  /** Second step. */
  @Schema(name = "ClaimHandle")
  record ClaimHandle(
      @Schema(required = true) String owner,
      @Schema(required = true) String handle,
      @Schema(description = "32 bytes, as in the commitment", required = true) String salt) {}

  /** A listing from documents that are stored already. */
  @Schema(name = "Publish")
  record Publish(
      @Schema(required = true) String owner,
      @Schema(description = "Claimed by the owner; else its address is the path")
          @Nullable String handle,
      @Schema(required = true) String service,
      @Schema(description = "CID of the manifest", required = true) String manifest,
      @Schema(description = "SHA-256 of the offers", required = true) String offersRoot,
      @Nullable List<Split> splits) {}

  /** Two documents, and if the listing is to be published the terms. */
  @Schema(name = "Documents")
  record Manifest(
      @Schema(description = "docs/schemas/manifest.schema.json", required = true)
          Map<String, Object> manifest,
      @Schema(description = "docs/schemas/offers.schema.json", required = true)
          Map<String, Object> offers,
      @Nullable String owner,
      @Nullable String handle,
      @Nullable String service,
      @Nullable List<Split> splits) {}

  /** One share of the revenue. */
  @Schema(name = "Split")
  record Split(
      @Schema(description = "title, an address, or such as listing:17", required = true) String to,
      @Schema(description = "Hundredths of a percent; all together 10,000", required = true)
          int bps) {}
}
