package io.stoa.payments;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.util.List;

/**
 * What a provider answered, whole: kept before anything is charged, and given again to the one who
 * paid for it.
 *
 * @param status 200 to 299
 */
public record Answer(int status, List<Header> headers, Bytes body) {
  public Answer {
    headers = List.copyOf(headers);
  }

  /** One header as it will be sent. */
  public record Header(String name, String value) {}

  public Bytes32 bodySha256() {
    return Bytes32.sha256(body.toBytes());
  }
}
