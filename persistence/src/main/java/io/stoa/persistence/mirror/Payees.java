package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

/** Who is paid by listings. Blocks: call from a virtual thread. */
public final class Payees {
  private static final String IS_LISTED =
      "select exists (select from mirror.listing_splitter where chain_id = $1 and splitter = $2)";

  private final Pool pool;
  private final ChainId chain;

  public Payees(Pool pool, ChainId chain) {
    this.pool = pool;
    this.chain = chain;
  }

  /** Whether {@code account} is, or was, the splitter of a listing: buyers may hold older terms. */
  public boolean isListed(Address account) {
    return Blocking.await(
            pool.preparedQuery(IS_LISTED)
                .execute(Tuple.of(chain.value(), Buffer.buffer(account.toBytes()))))
        .iterator()
        .next()
        .getBoolean(0);
  }
}
