package io.stoa.payments;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What a provider answered, whole: kept before anything is charged, and given again to the one who
 * paid for it.
 *
 * @param status 200 to 299
 * @param at when it was complete, to the second: the time of receipts, however often they are given
 */
public record Answer(int status, List<Header> headers, Bytes body, Instant at) {
  public Answer {
    headers = List.copyOf(headers);
    at = at.truncatedTo(ChronoUnit.SECONDS);
  }

  /** One header as it will be sent. */
  public record Header(String name, String value) {}

  public Bytes32 bodySha256() {
    return Bytes32.sha256(body.toBytes());
  }
}
