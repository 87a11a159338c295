package io.stoa.payments;

import io.stoa.persistence.Migrations;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.TillClaimsContract;
import io.stoa.testkit.TillDecisionsContract;
import io.stoa.testkit.TillNamesContract;
import io.stoa.testkit.TillTicketsContract;
import io.stoa.testkit.TillTurnsContract;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The till on the image that operators run, where a container engine is present. */
@Testcontainers(disabledWithoutDocker = true)
class ContainerTillIT {
  @Container
  private static final PostgreSQLContainer SERVER = new PostgreSQLContainer("postgres:18");

  private static Pool pool;

  @BeforeAll
  static void open() {
    Migrations.run(SERVER.getJdbcUrl(), SERVER.getUsername(), SERVER.getPassword());
    pool =
        PgBuilder.pool()
            .connectingTo(
                new PgConnectOptions()
                    .setHost(SERVER.getHost())
                    .setPort(SERVER.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT))
                    .setDatabase(SERVER.getDatabaseName())
                    .setUser(SERVER.getUsername())
                    .setPassword(SERVER.getPassword()))
            .build();
  }

  @AfterAll
  static void close() {
    pool.close();
  }

  @Nested
  class Claims extends TillClaimsContract {
    @Override
    protected Till till() {
      return new PostgresTill(pool);
    }
  }

  @Nested
  class Tickets extends TillTicketsContract {
    @Override
    protected Till till() {
      return new PostgresTill(pool);
    }
  }

  @Nested
  class Decisions extends TillDecisionsContract {
    @Override
    protected Till till() {
      return new PostgresTill(pool);
    }
  }

  @Nested
  class Names extends TillNamesContract {
    @Override
    protected Till till() {
      return new PostgresTill(pool);
    }
  }

  @Nested
  class Turns extends TillTurnsContract {
    @Override
    protected Till till() {
      return new PostgresTill(pool);
    }
  }
}
