package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A call that was charged to a channel; never changed again.
 *
 * @param delivery absent when the call's holder died while delivering it in parts
 */
public record UsageRecord(
    Hold hold,
    Optional<CallId> call,
    Purchase purchase,
    RequestDigest request,
    Map<String, Long> units,
    BigInteger price,
    Optional<Delivery> delivery,
    Instant chargedAt) {
  public UsageRecord {
    units = Map.copyOf(units);
  }

  /** The answer's digest, and what the receipt says; not signed yet. */
  public record Delivery(Bytes32 responseSha256, String receipt) {}
}
