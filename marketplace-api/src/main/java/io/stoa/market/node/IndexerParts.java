package io.stoa.market.node;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.rpc.Rpc;
import io.stoa.domain.ChainId;
import io.stoa.indexer.EventFollower;
import io.stoa.indexer.Indexer;
import io.stoa.indexer.document.DocumentFetcher;
import io.stoa.indexer.document.DocumentReader;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.persistence.mirror.PostgresMirrorWriter;
import io.stoa.storage.BlobStore;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What follows the chain. */
final class IndexerParts {
  private IndexerParts() {}

  @Produces
  @Singleton
  static DocumentReader documents(ChainId chain) {
    return new DocumentReader(chain);
  }

  @Produces
  @Singleton
  static MirrorWriter mirror(Pool pool) {
    return new PostgresMirrorWriter(pool);
  }

  @Produces
  @Singleton
  static EventFollower follower(
      Rpc rpc, ChainId chain, AddressBook addresses, MirrorWriter mirror) {
    return new EventFollower(
        rpc, chain, addresses.listingRegistry(), addresses.deploymentBlock(), mirror);
  }

  @Produces
  @Singleton
  static Indexer indexer(
      EventFollower follower,
      MirrorWriter mirror,
      BlobStore store,
      DocumentReader documents,
      Pool pool,
      ChainId chain,
      ChainConfig config) {
    return new Indexer(
        follower, new DocumentFetcher(mirror, store, documents), pool, chain, config.poll());
  }

  static void start(@Observes Opened opened, NodeConfig node, Instance<Indexer> indexer) {
    if (node.roles().contains(Role.INDEXER)) {
      indexer.get().start();
    }
  }

  static void close(@Disposes Indexer indexer) {
    indexer.close();
  }
}
