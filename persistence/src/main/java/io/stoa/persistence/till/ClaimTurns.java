package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.persistence.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets one instance at a time claim for one authorizer in one asset. Every method blocks: call from
 * a virtual thread.
 */
public final class ClaimTurns {
  private final Pool pool;

  public ClaimTurns(Pool pool) {
    this.pool = pool;
  }

  /** The right to claim, until its lease ends. */
  public record Turn(Asset asset, Address authorizer, long fence) {}

  /** Empty while it is somebody else's turn. */
  public Optional<Turn> take(Asset asset, Address authorizer, Duration lease) {
    var rows =
        run(
            """
            insert into till.claim_turn as t (chain_id, asset, authorizer, fence, lease_until)
            values ($1, $2, $3, 1, now() + $4 * interval '1 millisecond')
            on conflict (chain_id, asset, authorizer) do update
            set fence = t.fence + 1, lease_until = excluded.lease_until where t.lease_until <= now()
            returning fence
            """,
            asset.chain().value(),
            bytes(asset.token()),
            bytes(authorizer),
            lease.toMillis());
    return rows.size() == 0
        ? Optional.empty()
        : Optional.of(new Turn(asset, authorizer, rows.iterator().next().getLong("fence")));
  }

  /**
   * Lets the lease end {@code lease} from now; zero gives the turn up.
   *
   * @return whether it was still the caller's turn
   */
  public boolean extend(Turn turn, Duration lease) {
    return run(
                """
        update till.claim_turn set lease_until = now() + $5 * interval '1 millisecond'
        where chain_id = $1 and asset = $2 and authorizer = $3 and fence = $4
        """,
                turn.asset().chain().value(),
                bytes(turn.asset().token()),
                bytes(turn.authorizer()),
                turn.fence(),
                lease.toMillis())
            .rowCount()
        > 0;
  }

  /** Whether the last {@link #settled} is more than {@code age} ago, if there was any. */
  public boolean isSettlementDue(Turn turn, Duration age) {
    return run(
                """
        select from till.claim_turn
        where chain_id = $1 and asset = $2 and authorizer = $3
          and (settled_at is null or settled_at <= now() - $4 * interval '1 millisecond')
        """,
                turn.asset().chain().value(),
                bytes(turn.asset().token()),
                bytes(turn.authorizer()),
                age.toMillis())
            .size()
        > 0;
  }

  /** Whatever was claimed has been paid to its receivers. */
  public void settled(Turn turn) {
    run(
        "update till.claim_turn set settled_at = now() where chain_id = $1 and asset = $2 and authorizer = $3",
        turn.asset().chain().value(),
        bytes(turn.asset().token()),
        bytes(turn.authorizer()));
  }

  private RowSet<Row> run(String statement, Object... parameters) {
    return Blocking.await(pool.preparedQuery(statement).execute(Tuple.from(parameters)));
  }

  private static Buffer bytes(Address account) {
    return Buffer.buffer(account.toBytes());
  }
}
