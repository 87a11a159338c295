package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.x402.PaymentRequirements;
import java.time.Instant;
import java.util.List;

/**
 * What one listing sells now, for everybody who wants to show it.
 *
 * @param since when it came to be sold like this
 * @param accepts the ways to pay, as they stand in a 402 to a request without limits
 * @param extensions of a 402 to a call that nobody describes; not to be modified
 * @param calls those that its provider describes; may be none
 */
public record Ware(
    ListingId id,
    ListingPath listing,
    Manifest manifest,
    Instant since,
    List<PaymentRequirements> accepts,
    ObjectNode extensions,
    List<DescribedCall> calls) {
  public Ware {
    accepts = List.copyOf(accepts);
    calls = List.copyOf(calls);
  }

  /** Of this node: whatever is below it is paid for. */
  public String path() {
    return Target.PREFIX + listing;
  }
}
