package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Which channels owe something that is not safe yet, and to whom what is safe belongs. Blocks: call
 * from a virtual thread.
 */
public final class ChannelExposure {
  /** A tenth of the time that a payer must wait to leave, and never more than an hour. */
  private static final int SHARE = 10;

  private static final int MOST_SECONDS = 3_600;

  private final Pool pool;

  public ChannelExposure(Pool pool) {
    this.pool = pool;
  }

  /**
   * Those that owe something and were not looked at for a while, the longest unseen first.
   *
   * @param authorizer of their receivers: who can sign for claims
   */
  public List<ChannelAccount> unseen(Asset asset, Address authorizer, int limit) {
    var rows =
        Blocking.await(
            pool.preparedQuery(
                    """
                select * from till.channel
                where chain_id = $1 and asset = $2 and receiver_authorizer = $3 and unclaimed_since is not null
                  and synced_at <= now() - least(withdraw_delay / $4::int, $5::int) * interval '1 second'
                order by synced_at limit $6
                """)
                .execute(
                    Tuple.of(
                        asset.chain().value(),
                        bytes(asset.token()),
                        bytes(authorizer),
                        SHARE,
                        MOST_SECONDS,
                        limit)));
    return StreamSupport.stream(rows.spliterator(), false).map(ChannelRow::account).toList();
  }

  /**
   * By ascending address, those out of whose channels anything was ever claimed.
   *
   * @param authorizer of the receivers
   * @param after whom to go on; empty to begin
   */
  public List<Address> receivers(
      Asset asset, Address authorizer, Optional<Address> after, int limit) {
    var rows =
        Blocking.await(
            pool.preparedQuery(
                    """
                select distinct receiver from till.channel
                where chain_id = $1 and asset = $2 and receiver_authorizer = $3 and claimed > 0 and receiver > $4
                order by receiver limit $5
                """)
                .execute(
                    Tuple.of(
                        asset.chain().value(),
                        bytes(asset.token()),
                        bytes(authorizer),
                        after.map(ChannelExposure::bytes).orElseGet(Buffer::buffer),
                        limit)));
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> Address.of(row.getBuffer("receiver").getBytes()))
        .toList();
  }

  /**
   * How many channels owe something that {@code authorizer} cannot claim, or in none of {@code
   * assets}: nobody here looks after those.
   */
  public long unattended(Set<Asset> assets, Address authorizer) {
    var attended = new Columns<>(List.copyOf(assets));
    return Blocking.await(
            pool.preparedQuery(
                    """
                select count(*) from till.channel c
                where unclaimed_since is not null and (receiver_authorizer <> $1 or not exists (
                  select from unnest($2::bigint[], $3::bytea[]) as a (chain_id, asset)
                  where a.chain_id = c.chain_id and a.asset = c.asset))
                """)
                .execute(
                    Tuple.of(
                        bytes(authorizer),
                        attended.longs(asset -> asset.chain().value()),
                        attended.bytes(asset -> asset.token().toBytes()))))
        .iterator()
        .next()
        .getLong(0);
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
