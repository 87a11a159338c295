package io.stoa.payments;

import io.stoa.chain.send.SendLog;
import io.stoa.chain.testing.SendLogContract;
import io.stoa.persistence.till.Sends;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Two instances on one database, taking turns. */
class PostgresSendLogIT extends SendLogContract {
  private static final AtomicInteger TURN = new AtomicInteger();
  private static TestDatabase database;
  private static List<Pool> pools;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pools = List.of(database.pool(), database.pool());
  }

  @AfterAll
  static void close() {
    pools.forEach(Pool::close);
    database.close();
  }

  @Override
  protected SendLog log() {
    return new PostgresSendLog(new Sends(pools.get(TURN.getAndIncrement() % pools.size())));
  }
}
