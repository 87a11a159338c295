package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.channel.CallId;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import java.util.Optional;

/**
 * Extension {@code channel-headroom}, Stoa's own (docs/channel-headroom.md): a buyer signs a
 * voucher for more than the next call, and several calls run on one channel at once. A voucher is
 * no longer the name of one call then, so every call has a {@link PaymentIdentifier}.
 */
public final class ChannelHeadroom {
  public static final String KEY = "channel-headroom";

  private static final String VERSION = "1";
  private static final ObjectNode SCHEMA =
      Schemas.object(
          """
          {"properties": {"version": {"type": "string", "const": "1"}}, "required": ["version"]}
          """);

  private ChannelHeadroom() {}

  /** The part of a 402. */
  public static ObjectNode part() {
    return Schemas.part(HeaderCodec.object().put("version", VERSION), SCHEMA);
  }

  /**
   * The call that {@code payload} makes by these rules; empty when the protocol holds literally.
   * Buyers that know nothing of the extension echo it all the same: what tells the others apart is
   * that they name their call. Fails with {@link PaymentIdentifier#INVALID} when that is no name.
   */
  public static Optional<CallId> read(PaymentRequired offered, PaymentPayload payload)
      throws MalformedPayment {
    var version = payload.extensions().path(KEY).path("info").path("version");
    return offered.extensions().has(KEY) && VERSION.equals(version.textValue())
        ? PaymentIdentifier.read(payload)
        : Optional.empty();
  }
}
