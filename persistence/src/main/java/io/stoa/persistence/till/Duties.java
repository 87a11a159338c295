package io.stoa.persistence.till;

import io.stoa.persistence.Blocking;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Work that several instances could do and one should: who takes a duty has it until its lease is
 * over. A hint, no lock: what is done twice must do no harm. Blocks: call from a virtual thread.
 */
public final class Duties {
  /** Anchoring receipts. */
  public static final String ANCHORS = "anchors";

  private final Pool pool;

  public Duties(Pool pool) {
    this.pool = pool;
  }

  /** Whether the caller may do a round now. */
  public boolean take(String duty, Duration lease) {
    return Blocking.await(
                pool.preparedQuery(
                        """
                        insert into till.duty as d (name, lease_until)
                        values ($1, now() + $2 * interval '1 millisecond')
                        on conflict (name) do update set lease_until = excluded.lease_until
                        where d.lease_until <= now()
                        """)
                    .execute(Tuple.of(duty, lease.toMillis())))
            .rowCount()
        > 0;
  }

  /** A round has ended. Others may begin one. */
  public void done(String duty) {
    Blocking.await(
        pool.preparedQuery(
                """
                insert into till.duty (name, lease_until, done_at) values ($1, now(), now())
                on conflict (name) do update set lease_until = now(), done_at = now()
                """)
            .execute(Tuple.of(duty)));
  }
}
