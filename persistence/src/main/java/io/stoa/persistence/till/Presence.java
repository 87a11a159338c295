package io.stoa.persistence.till;

import io.stoa.persistence.Blocking;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which instances serve calls out of one database, as far as each of them knows: who has just come
 * may be unknown to the others until they announce themselves again. A hint, no lock: what is done
 * by two who believe to be alone must do no harm.
 */
public final class Presence {
  /** How long an instance counts for the others that does not announce itself any more. */
  private static final Duration ALIVE = Duration.ofSeconds(5);

  /** How long an instance believes what it saw: it may have stood still since. */
  private static final Duration BELIEVED = Duration.ofSeconds(3);

  private final UUID instance = UUID.randomUUID();
  private final Pool pool;

  /** When it was last seen that there was nobody else, by {@link System#nanoTime}. */
  private volatile @Nullable Long aloneAt;

  public Presence(Pool pool) {
    this.pool = pool;
  }

  /**
   * Tells the others that this instance is there, and looks who else is. To be repeated each
   * second. Blocks: call from a virtual thread.
   */
  public void announce() {
    long start = System.nanoTime();
    var others =
        pool.preparedQuery(
                """
                with here as (
                  insert into till.presence values ($1, now() + $2 * interval '1 millisecond')
                  on conflict (instance) do update set alive_until = excluded.alive_until),
                gone as (
                  delete from till.presence where alive_until < now() - interval '1 hour' and instance <> $1)
                select count(*) from till.presence where instance <> $1 and alive_until > now()
                """)
            .execute(Tuple.of(instance, ALIVE.toMillis()));
    aloneAt = Blocking.await(others).iterator().next().getLong(0) == 0 ? start : null;
  }

  /** Whether no other instance was there a moment ago. Does not block. */
  public boolean isAlone() {
    var seen = aloneAt;
    return seen != null && System.nanoTime() - seen < BELIEVED.toNanos();
  }

  /** This instance serves no more. Blocks: call from a virtual thread. */
  public void leave() {
    aloneAt = null;
    Blocking.await(
        pool.preparedQuery("delete from till.presence where instance = $1")
            .execute(Tuple.of(instance)));
  }
}
