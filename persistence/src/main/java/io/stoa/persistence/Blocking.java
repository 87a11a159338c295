package io.stoa.persistence;

import io.stoa.domain.MarketException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The one place where a virtual thread waits for the database. A statement that got no answer in
 * time may have been carried out.
 */
public final class Blocking {
  /** How long anybody waits. */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Set<String> OUTAGES = Set.of("08", "40", "53", "57", "58");

  private Blocking() {}

  /** Waits for {@code future}; never call it from an event loop. */
  public static <T> T await(Future<T> future) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("would block an event loop");
    }
    try {
      return Patience.await(future.toCompletionStage().toCompletableFuture(), LIMIT);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof MarketException known) {
        throw known;
      }
      if (failure.getCause() instanceof PgException refused && !isOutage(refused)) {
        throw new IllegalStateException("the database refused a statement", refused);
      }
      throw unavailable(failure);
    } catch (TimeoutException late) {
      throw unavailable(late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw unavailable(interrupted);
    }
  }

  /**
   * SQLSTATE classes: connection, resources, operator intervention, system error, deadlock or lost
   * snapshot.
   */
  private static boolean isOutage(PgException refused) {
    var state = refused.getSqlState();
    return state != null && OUTAGES.contains(state.substring(0, 2));
  }

  private static MarketException unavailable(Throwable cause) {
    return new MarketException.Unavailable(
        "database-unavailable", "The database did not answer.", cause);
  }
}
