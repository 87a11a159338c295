package io.stoa.x402.extension;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.PaymentPayload;

/**
 * What a payment identifier stands for: this payment for this request. The stored answer is found
 * before anything is verified, so only who repeats all of it may have it.
 *
 * <p>It is the hash of what was decoded, not of the header: a client that writes the same payment
 * anew, in another order of members or with other blanks, still means it, and over MCP there is no
 * header at all. Members nobody reads do not enter, as everywhere in the protocol. Values count as
 * they are written: where {@code 1} became {@code 1.0}, or an address changed its case, it is
 * another payment.
 */
public final class PaymentBinding {
  /** Sorted and in ASCII only: one text for one value, also where it is no proper Unicode. */
  private static final JsonMapper CANONICAL =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private PaymentBinding() {}

  /** The SHA-256 over all that makes {@code payload} and {@code request} what they are. */
  public static Bytes32 of(PaymentPayload payload, RequestDigest request) {
    var all =
        CANONICAL
            .createArrayNode()
            .add(request.method())
            .add(request.target())
            .add(request.bodySha256().toString())
            .add(payload.resourceUrl().orElse(null))
            .add(payload.accepted().json())
            .add(payload.payload().json())
            .add(payload.extensions());
    try {
      return Bytes32.sha256(CANONICAL.writeValueAsBytes(all));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
