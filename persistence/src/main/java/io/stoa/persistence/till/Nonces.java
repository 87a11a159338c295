package io.stoa.persistence.till;

import static java.time.ZoneOffset.UTC;

import io.stoa.persistence.Blocking;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;

/** Nonces of sign-ins, for all instances on one database. Blocks: call from a virtual thread. */
public final class Nonces {
  private final Pool pool;

  public Nonces(Pool pool) {
    this.pool = pool;
  }

  /**
   * Marks {@code nonce} as used.
   *
   * @param until when it may be forgotten
   * @return whether it was unused
   */
  public boolean use(String nonce, Instant until) {
    return Blocking.await(
                run(
                    "insert into till.sign_in_nonce values ($1, $2) on conflict do nothing",
                    Tuple.of(nonce, until.atOffset(UTC))))
            .rowCount()
        > 0;
  }

  /** Drops those that may be forgotten. */
  public void dropExpired() {
    Blocking.await(run("delete from till.sign_in_nonce where expires_at < now()", Tuple.tuple()));
  }

  private Future<RowSet<Row>> run(String statement, Tuple parameters) {
    return pool.preparedQuery(statement).execute(parameters);
  }
}
