package io.stoa.market.node;

import io.quarkus.runtime.StartupEvent;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.keys.KeyRing;
import io.stoa.indexer.Indexer;
import io.stoa.persistence.Migrations;
import io.stoa.storage.BlobStore;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import org.flywaydb.core.api.FlywayException;

/**
 * Goes first at every start: brings the database up to date and opens what the node cannot do
 * without, so that a node that cannot work says so at once.
 */
@Singleton
final class Start {
  static final int FIRST = -100;

  private final NodeConfig node;
  private final DatabaseConfig database;

  Start(NodeConfig node, DatabaseConfig database) {
    this.node = node;
    this.database = database;
  }

  void run(
      @Observes @Priority(FIRST) StartupEvent start,
      Instance<NodeDid> did,
      Instance<AddressBook> addressBook,
      Instance<KeyRing> keys,
      Instance<BlobStore> store,
      Instance<Indexer> indexer) {
    did.get();
    addressBook.get();
    keys.get();
    store.get();
    migrate();
    if (node.roles().contains(Role.INDEXER)) {
      indexer.get();
    }
  }

  private void migrate() {
    var url = database.jdbc().url();
    try {
      Migrations.run(url, database.username(), database.password());
    } catch (FlywayException failure) {
      throw new StartFailure(
          "The database at %s cannot be brought up to date; is it there, and may %s write to it?"
              .formatted(url, database.username()),
          failure);
    }
  }
}
