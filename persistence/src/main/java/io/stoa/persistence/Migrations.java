package io.stoa.persistence;

import java.util.List;
import org.flywaydb.core.Flyway;

/**
 * Brings the schemas up to date. Each has a history of its own: the mirror may be dropped and built
 * anew at any time.
 */
public final class Migrations {
  private static final List<String> SCHEMAS = List.of("till", "account", "mirror");

  private Migrations() {}

  /** Blocks until all is done; several instances may start at once. */
  public static void run(String jdbcUrl, String user, String password) {
    for (var schema : SCHEMAS) {
      Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(jdbcUrl, user, password)
          .locations("classpath:db/" + schema)
          .schemas(schema)
          .defaultSchema(schema)
          .createSchemas(true)
          .load()
          .migrate();
    }
  }
}
