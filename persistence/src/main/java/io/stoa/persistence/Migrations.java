package io.stoa.persistence;

import java.util.List;
import org.flywaydb.core.Flyway;

/**
 * Brings the schemas up to date. Each has a history of its own, in itself: the mirror may be
 * dropped and built anew at any time.
 */
public final class Migrations {
  private static final String MIRROR = "mirror";
  private static final List<String> SCHEMAS = List.of("till", "account", MIRROR);

  private Migrations() {}

  /** Blocks until all is done; several instances may start at once. */
  public static void run(String jdbcUrl, String user, String password) {
    for (var schema : SCHEMAS) {
      flyway(schema, jdbcUrl, user, password).migrate();
    }
  }

  /**
   * Drops the mirror, and makes an empty one that the indexer fills again. Blocks. No indexer
   * should be at work meanwhile: it would go on from a cursor that is gone, and fail until it
   * starts anew.
   */
  public static void emptyMirror(String jdbcUrl, String user, String password) {
    var mirror = flyway(MIRROR, jdbcUrl, user, password);
    mirror.clean();
    mirror.migrate();
  }

  private static Flyway flyway(String schema, String jdbcUrl, String user, String password) {
    return Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(jdbcUrl, user, password)
        .locations("classpath:db/" + schema)
        .schemas(schema)
        .defaultSchema(schema)
        .createSchemas(true)
        .cleanDisabled(!schema.equals(MIRROR))
        .load();
  }
}
