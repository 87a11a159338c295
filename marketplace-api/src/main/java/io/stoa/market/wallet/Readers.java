package io.stoa.market.wallet;

import io.stoa.crypto.Secp256k1;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.market.node.Origin;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Tells which wallet reads. */
@Singleton
public final class Readers {
  private final Secp256k1 curve;
  private final ChainId chain;
  private final Origin origin;
  private final Clock clock;

  Readers(Secp256k1 curve, ChainId chain, Origin origin, Clock clock) {
    this.curve = curve;
    this.chain = chain;
    this.origin = origin;
    this.clock = clock;
  }

  /** The wallet that signed for this request; fails when none did. */
  public Address of(HttpServerRequest request) {
    var authorization = ReadAuthorization.parse(request.getHeader(WalletHeader.NAME));
    authorization.check(curve, chain, origin + request.path(), clock.instant());
    return authorization.reader();
  }
}
