package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingKind;
import io.stoa.indexer.document.DocumentFetcher;
import io.stoa.indexer.document.DocumentReader;
import io.stoa.persistence.Migrations;
import io.stoa.persistence.mirror.PostgresMirrorWriter;
import io.stoa.testkit.InMemoryBlobStore;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexerIT {
  private static final Duration POLL = Duration.ofMillis(20);

  private TestChain chain;
  private TestDatabase database;
  private final List<Pool> pools = new ArrayList<>();
  private final List<Indexer> indexers = new ArrayList<>();
  private final InMemoryBlobStore store = new InMemoryBlobStore(InstantSource.system());
  private Shop shop;
  private TestDocument manifest;
  private TestDocument offers;

  @BeforeEach
  void open() {
    chain = TestChain.start();
    database = TestDatabase.fresh();
    shop = Shop.on(chain);
    manifest = stored(TestDocument.manifest("MiniLM", ListingKind.MODEL));
    offers = stored(TestDocument.offers(chain.dollar(), 1_000));
  }

  @AfterEach
  void close() {
    indexers.forEach(Indexer::close);
    pools.forEach(pool -> pool.close().toCompletionStage().toCompletableFuture().join());
    database.close();
    chain.close();
  }

  private TestDocument stored(TestDocument document) {
    store.put(document.cid(), document.bytes());
    return document;
  }

  private Pool pool() {
    var pool = database.pool();
    pools.add(pool);
    return pool;
  }

  /** Another instance, with connections of its own. */
  private Indexer startIndexer() {
    var pool = pool();
    var mirror = new PostgresMirrorWriter(pool);
    var contracts = chain.contracts();
    var indexer =
        new Indexer(
            new EventFollower(
                chain.rpc(),
                TestChain.ID,
                contracts.listingRegistry(),
                contracts.deploymentBlock(),
                mirror),
            new DocumentFetcher(mirror, store, new DocumentReader(TestChain.ID)),
            pool,
            TestChain.ID,
            POLL);
    indexers.add(indexer);
    indexer.start();
    return indexer;
  }

  private Bytes32 digest() {
    return new PostgresMirrorWriter(pools.getFirst()).digest(TestChain.ID);
  }

  private List<String> ask(String query) {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var answers = new ArrayList<String>();
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
      return answers;
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private List<String> forSale() {
    return ask(
        "select provider || '/' || service from mirror.listing_now where is_for_sale order by id");
  }

  private List<String> listed() {
    return ask("select provider || '/' || service from mirror.listing_now order by id");
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
  }

  private void awaitHead() {
    var head = RpcRequest.block(BlockId.LATEST);
    eventually()
        .until(
            () ->
                ask("select encode(block_hash, 'hex') from mirror.chain_cursor")
                    .contains(chain.rpc().ask(head).orElseThrow().hash().toString().substring(2)));
  }

  @Test
  void aPublicationIsForSaleSoonAfterItsBlock() {
    // Given
    startIndexer();

    // When
    shop.publish("minilm", manifest, offers);

    // Then
    eventually().until(() -> forSale().equals(List.of(shop.path("minilm"))));
  }

  @Test
  void everythingThatWasThereBeforeTheStartIsTakenIn() {
    // Given
    for (int i = 0; i < 5; i++) {
      shop.publish("model-" + i, manifest, offers);
      chain.mine(40);
    }

    // When
    startIndexer();

    // Then
    eventually().until(() -> forSale().size() == 5);
    awaitHead();
    assertThat(ask("select count(*) from mirror.raw_log")).isNotEqualTo(List.of("0"));
    assertThat(ask("select reason from mirror.dead_event")).isEmpty();
  }

  @Test
  void aReorganisationTakesAPublicationAwayAndItsReturnBringsItBack() {
    // Given
    startIndexer();
    chain.mine(3);
    var id = shop.publish("minilm", manifest, offers);
    chain.mine(4);
    eventually().until(() -> forSale().size() == 1);

    // When
    chain.reorg(5);

    // Then
    eventually().until(() -> listed().isEmpty());
    awaitHead();

    // When
    chain.mine(1);
    var again = shop.publish("minilm", manifest, offers);

    // Then
    assertThat(again).isEqualTo(id);
    eventually().until(() -> forSale().equals(List.of(shop.path("minilm"))));
  }

  @Test
  void aReorganisationRestoresTheTermsThatHeldBefore() {
    // Given
    startIndexer();
    var dear = stored(TestDocument.offers(chain.dollar(), 9_000));
    var id = shop.publish("minilm", manifest, offers);
    chain.mine(3);
    awaitHead();
    eventually().until(() -> forSale().size() == 1);
    var digest = digest();
    shop.setOffers(id, dear);
    awaitHead();
    var current = "select encode(offers_root, 'hex') from mirror.listing_now";
    assertThat(ask(current)).containsExactly(dear.sha256().toString().substring(2));

    // When
    chain.reorg(1);
    awaitHead();

    // Then
    assertThat(ask(current)).containsExactly(offers.sha256().toString().substring(2));
    assertThat(digest()).isEqualTo(digest);
  }

  @Test
  void aChainThatComesBackShorterLosesWhatIsGone() {
    // Given
    startIndexer();
    chain.mine(2);
    var snapshot = chain.snapshot();
    shop.publish("minilm", manifest, offers);
    chain.mine(2);
    eventually().until(() -> forSale().size() == 1);

    // When
    chain.revert(snapshot);

    // Then
    eventually().until(() -> listed().isEmpty());
    awaitHead();
  }

  @Test
  void aReorganisationWhileNobodyWatchedIsFoundAtTheStart() {
    // Given
    var first = startIndexer();
    shop.publish("kept", manifest, offers);
    chain.mine(2);
    shop.publish("lost", manifest, offers);
    eventually().until(() -> forSale().size() == 2);
    first.close();

    // When
    chain.reorg(1);
    shop.publish("new", manifest, offers);
    startIndexer();

    // Then
    eventually().until(() -> forSale().equals(List.of(shop.path("kept"), shop.path("new"))));
  }

  @Test
  void aDroppedMirrorIsRebuiltTheSame() {
    // Given
    var first = startIndexer();
    shop.publish("minilm", manifest, offers);
    chain.mine(100);
    var bad = stored(new TestDocument("{\"title\":\"no kind\"}"));
    shop.publish("bad", bad, offers);
    chain.mine(3);
    awaitHead();
    eventually()
        .until(() -> ask("select 1 from mirror.document where state = 'PENDING'").isEmpty());
    var digest = digest();
    first.close();

    // When
    Migrations.emptyMirror(database.jdbcUrl(), database.user(), database.password());
    startIndexer();

    // Then
    awaitHead();
    eventually()
        .until(() -> ask("select 1 from mirror.document where state = 'PENDING'").isEmpty());
    assertThat(digest()).isEqualTo(digest);
  }

  @Test
  void aMirrorDroppedUnderARunningIndexerFillsAgain() {
    // Given
    startIndexer();
    shop.publish("minilm", manifest, offers);
    eventually().until(() -> forSale().size() == 1);

    // When
    Migrations.emptyMirror(database.jdbcUrl(), database.user(), database.password());
    chain.mine(1);

    // Then
    eventually().until(() -> forSale().size() == 1);
  }

  @Test
  void aBadManifestIsListedWithItsReason() {
    // Given
    startIndexer();
    var bad = stored(TestDocument.manifest("\\u0000", ListingKind.MODEL));

    // When
    shop.publish("bad", bad, offers);

    // Then
    eventually()
        .until(
            () ->
                ask("select fault from mirror.listing_now")
                    .equals(
                        List.of(
                            "Manifest: /title: the text holds control characters or half a character")));
    assertThat(forSale()).isEmpty();
  }

  @Test
  void aManifestWithAnotherHashIsListedWithItsReason() {
    // Given
    startIndexer();

    // When
    shop.publish("wrong", manifest.cid(), offers.sha256(), offers.sha256());

    // Then
    eventually()
        .until(
            () ->
                ask("select fault from mirror.listing_now")
                    .equals(
                        List.of(
                            "Manifest: its CID and its SHA-256 on the chain name different contents")));
  }

  @Test
  void aManifestThatArrivesLaterIsFoundThen() {
    // Given
    startIndexer();
    var late = TestDocument.manifest("Late", ListingKind.MODEL);
    shop.publish("late", late, offers);
    eventually().until(() -> listed().size() == 1);
    assertThat(forSale()).isEmpty();

    // When
    store.put(late.cid(), late.bytes());
    new PostgresMirrorWriter(pools.getFirst()).arrived(TestChain.ID, late.cid());

    // Then
    eventually().until(() -> forSale().size() == 1);
  }

  @Test
  void aTreeIsNoManifest() {
    // Given
    startIndexer();

    // When
    shop.publish(
        "tree", Cid.of(Cid.Codec.DAG_PB, manifest.sha256()), manifest.sha256(), offers.sha256());

    // Then
    eventually()
        .until(
            () ->
                ask("select fault from mirror.listing_now")
                    .equals(List.of("Manifest: its CID names a tree, not one raw block")));
  }

  @Test
  void ofTwoInstancesOneWorksAndTheOtherTakesOver() {
    // Given
    var first = startIndexer();
    eventually().until(first::isActive);
    var second = startIndexer();
    shop.publish("one", manifest, offers);
    eventually().until(() -> forSale().size() == 1);
    assertThat(second.isActive()).isFalse();

    // When
    first.close();
    shop.publish("two", manifest, offers);

    // Then
    eventually().until(() -> forSale().size() == 2);
    assertThat(second.isActive()).isTrue();
  }

  @Test
  void anInstanceWhoseConnectionsAreCutGoesOn() {
    // Given
    var indexer = startIndexer();
    shop.publish("one", manifest, offers);
    eventually().until(() -> forSale().size() == 1);

    // When
    ask(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """);
    shop.publish("two", manifest, offers);

    // Then
    eventually().until(() -> forSale().size() == 2);
    eventually().until(() -> indexer.isActive() && indexer.lastFailure().isEmpty());
  }
}
