package io.stoa.x402.v1;

import io.stoa.domain.TxHash;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.SettlementResponse;

/** How a settlement ended, for a buyer that paid with version 1. */
public final class V1Outcome {
  private V1Outcome() {}

  /** Fails when version 1 has no name for the network: then nobody can have paid with it. */
  public static String header(SettlementResponse response) {
    var network = V1Networks.name(response.network());
    if (network.isEmpty()) {
      throw new IllegalArgumentException("not a network of version 1: " + response.network());
    }
    var json =
        HeaderCodec.object()
            .put("success", response.success())
            .put("transaction", response.transaction().map(TxHash::toString).orElse(""))
            .put("network", network.get());
    response.payer().ifPresent(payer -> json.put("payer", payer.toString()));
    if (response.errorReason() != null) {
      json.put("errorReason", response.errorReason());
    }
    return HeaderCodec.encode(json);
  }
}
