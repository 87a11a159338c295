package io.stoa.market.node;

import io.smallrye.config.ConfigMapping;

/**
 * The database as the migrations reach it; the framework reads the same keys, and those of its own
 * client.
 */
@ConfigMapping(prefix = "quarkus.datasource")
public interface DatabaseConfig {
  /** Owns the schemas. */
  String username();

  String password();

  Jdbc jdbc();

  Reactive reactive();

  /** The form that the asynchronous client takes. */
  interface Reactive {
    String url();
  }

  /** The form that JDBC takes. */
  interface Jdbc {
    String url();
  }
}
