package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.ListingId;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.StreamSupport;

/** Who owns listings, and what they earn by. Blocks: call from a virtual thread. */
public final class Titles {
  private final Pool pool;
  private final ChainId chain;

  public Titles(Pool pool, ChainId chain) {
    this.pool = pool;
    this.chain = chain;
  }

  public boolean owns(Address wallet, ListingId listing) {
    return isTrue(
        """
        select (select owner from mirror.listing_owner where chain_id = $1 and listing_id = $2
          order by block_number desc, log_index desc limit 1) is not distinct from $3
        """,
        Tuple.of(chain.value(), listing.value(), bytes(wallet)));
  }

  /**
   * Whether {@code wallet} owns the listing that earns by {@code splitter}, or did before its
   * splits were changed: who owns the title claims for all of them.
   */
  public boolean ownsSplitter(Address wallet, Address splitter) {
    return isTrue(
        """
        select exists (
          select from (
            select distinct listing_id from mirror.listing_splitter where chain_id = $1 and splitter = $2) l
          cross join lateral (
            select owner from mirror.listing_owner where chain_id = $1 and listing_id = l.listing_id
            order by block_number desc, log_index desc limit 1) o
          where o.owner = $3)
        """,
        Tuple.of(chain.value(), bytes(splitter), bytes(wallet)));
  }

  /** All that the listing ever earned by. */
  public List<Address> splitters(ListingId listing) {
    var rows =
        run(
            "select distinct splitter from mirror.listing_splitter where chain_id = $1 and listing_id = $2",
            Tuple.of(chain.value(), listing.value()));
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> Address.of(row.getBuffer("splitter").getBytes()))
        .toList();
  }

  private boolean isTrue(String query, Tuple parameters) {
    return run(query, parameters).iterator().next().getBoolean(0);
  }

  private RowSet<Row> run(String query, Tuple parameters) {
    return Blocking.await(pool.preparedQuery(query).execute(parameters));
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
