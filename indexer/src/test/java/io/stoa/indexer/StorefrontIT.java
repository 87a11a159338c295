package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.persistence.mirror.PostgresMirrorWriter;
import io.stoa.persistence.mirror.Storefront;
import io.stoa.testkit.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StorefrontIT {
  private static final Instant LONG_AGO = Instant.EPOCH;
  private static final Asset DOLLAR =
      new Asset(Registry.CHAIN, Address.parse("0x" + "05".repeat(20)));
  private static final TestDocument MANIFEST = TestDocument.manifest("MiniLM", ListingKind.MODEL);
  private static final TestDocument CHEAP = TestDocument.offers(DOLLAR, 1_000);
  private static final TestDocument DEAR = TestDocument.offers(DOLLAR, 9_000);
  private static final TestDocument MISTAKE = TestDocument.offers(DOLLAR, 1);

  private TestDatabase database;
  private Pool pool;
  private PostgresMirrorWriter mirror;
  private Storefront storefront;
  private Registry registry;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    mirror = new PostgresMirrorWriter(pool);
    storefront = new Storefront(pool, Registry.CHAIN);
    registry = new Registry(mirror);
    registry
        .publish(1, "stoa/minilm", ListingKind.MODEL, MANIFEST.sha256(), CHEAP.sha256())
        .endBlock()
        .write();
    valid(Document.Type.MANIFEST, MANIFEST);
    valid(Document.Type.OFFERS, CHEAP);
  }

  @AfterEach
  void close() {
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  private void valid(Document.Type type, TestDocument document) {
    found(type, document, new Finding.Valid(document.body()));
  }

  private void found(Document.Type type, TestDocument document, Finding finding) {
    mirror.found(
        Registry.CHAIN,
        new Document(type, Bytes.of(document.cid().toBytes()), document.sha256()),
        finding);
  }

  private List<ForSale.Terms> terms(Instant since) {
    return storefront.forSale(since).stream().flatMap(sale -> sale.terms().stream()).toList();
  }

  @Test
  void whatIsForSaleComesWithItsPresentTerms() {
    // When
    var sales = storefront.forSale(LONG_AGO);

    // Then
    assertThat(sales).hasSize(1);
    assertThat(sales.getFirst().path()).hasToString("stoa/minilm");
    assertThat(sales.getFirst().manifest().title()).isEqualTo("MiniLM");
    assertThat(sales.getFirst().terms()).hasSize(1);
    var terms = sales.getFirst().terms().getFirst();
    assertThat(terms.listing()).isEqualTo(new ListingId(1));
    assertThat(terms.manifestSha256()).isEqualTo(MANIFEST.sha256());
    assertThat(terms.offersRoot()).isEqualTo(CHEAP.sha256());
    assertThat(terms.splitter()).isEqualTo(Registry.splitter(1));
    assertThat(terms.endpoint().url()).hasToString("http://models.example/v1");
    assertThat(terms.from()).isEqualTo(Registry.timeOf(1));
    assertThat(terms.until()).isEmpty();
  }

  @Test
  void supersededTermsStayForAWhile() {
    // When
    registry.endBlock().offers(1, DEAR.sha256()).endBlock().endBlock().write();
    valid(Document.Type.OFFERS, DEAR);

    // Then
    var terms = terms(LONG_AGO);
    assertThat(terms)
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(DEAR.sha256(), CHEAP.sha256());
    assertThat(terms)
        .extracting(ForSale.Terms::until)
        .containsExactly(Optional.empty(), Optional.of(Registry.timeOf(3)));
    assertThat(terms)
        .extracting(ForSale.Terms::from)
        .containsExactly(Registry.timeOf(3), Registry.timeOf(1));
    assertThat(terms(Registry.timeOf(3).minusSeconds(1))).hasSize(2);
    assertThat(terms(Registry.timeOf(3))).hasSize(1);
  }

  @Test
  void termsThatLastedNoWholeBlockWereNeverOffered() {
    // When
    registry.offers(1, MISTAKE.sha256()).offers(1, DEAR.sha256()).endBlock().write();
    valid(Document.Type.OFFERS, MISTAKE);
    valid(Document.Type.OFFERS, DEAR);

    // Then
    assertThat(terms(LONG_AGO))
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(DEAR.sha256(), CHEAP.sha256());
  }

  @Test
  void termsThatHeldOnlyWhileItWasPausedWereNeverOffered() {
    // When
    registry.stands(1, ListingStatus.PAUSED).endBlock();
    registry.offers(1, MISTAKE.sha256()).endBlock().offers(1, DEAR.sha256()).endBlock();
    registry.stands(1, ListingStatus.ACTIVE).endBlock().write();
    valid(Document.Type.OFFERS, MISTAKE);
    valid(Document.Type.OFFERS, DEAR);

    // Then
    var terms = terms(LONG_AGO);
    assertThat(terms)
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(DEAR.sha256(), CHEAP.sha256());
    assertThat(terms.get(1).until()).contains(Registry.timeOf(2));
  }

  @Test
  void termsThatCameBackAreThePresentOnes() {
    // When
    registry.offers(1, DEAR.sha256()).endBlock().offers(1, CHEAP.sha256()).endBlock().write();
    valid(Document.Type.OFFERS, DEAR);

    // Then
    assertThat(terms(LONG_AGO))
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(CHEAP.sha256(), DEAR.sha256());
  }

  @Test
  void aChangeOfOwnerChangesNoTerms() {
    // When
    registry.belongsTo(1, Registry.splitter(9)).endBlock().write();

    // Then
    assertThat(terms(LONG_AGO)).hasSize(1);
  }

  @Test
  void aNewSplitterIsNewTerms() {
    // When
    registry.paysTo(1, Registry.splitter(2)).endBlock().write();

    // Then
    assertThat(terms(LONG_AGO))
        .extracting(ForSale.Terms::splitter)
        .containsExactly(Registry.splitter(2), Registry.splitter(1));
  }

  @Test
  void whatIsNotActiveIsNotForSale() {
    // When
    registry.stands(1, ListingStatus.PAUSED).endBlock().write();

    // Then
    assertThat(storefront.forSale(LONG_AGO)).isEmpty();
  }

  @Test
  void aListingWhoseNewDocumentsAreNotGoodIsNotForSale() {
    // When
    registry.endBlock().offers(1, DEAR.sha256()).endBlock().write();
    found(Document.Type.OFFERS, DEAR, new Finding.Invalid("/offers: it is empty"));

    // Then
    assertThat(storefront.forSale(LONG_AGO)).isEmpty();
  }

  @Test
  void aListingIsSoldByItsOldTermsUntilTheNewOnesAreRead() {
    // When
    registry.endBlock().offers(1, DEAR.sha256()).endBlock().write();

    // Then
    assertThat(terms(LONG_AGO))
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(CHEAP.sha256());
    assertThat(terms(Registry.timeOf(3))).isEmpty();
  }

  @Test
  void aManifestOfAnotherKindIsNotForSale() {
    // When
    var data = TestDocument.manifest("Data", ListingKind.DATASET);
    registry.version(1, 2, data.sha256()).endBlock().write();
    valid(Document.Type.MANIFEST, data);

    // Then
    assertThat(storefront.forSale(LONG_AGO)).isEmpty();
  }

  @Test
  void whatAReorganisationTookBackIsNotForSale() {
    // Given
    registry.offers(1, DEAR.sha256()).endBlock().write();
    valid(Document.Type.OFFERS, DEAR);

    // When
    registry.goBackTo(1);

    // Then
    assertThat(terms(LONG_AGO))
        .extracting(ForSale.Terms::offersRoot)
        .containsExactly(CHEAP.sha256());

    // When
    registry.goBackTo(0);

    // Then
    assertThat(storefront.forSale(LONG_AGO)).isEmpty();
  }

  @Test
  void listenersHearOfEveryChange() throws InterruptedException {
    // Given
    var vertx = Vertx.vertx();
    var subscriber =
        PgSubscriber.subscriber(
            vertx,
            new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(database.port())
                .setDatabase(database.name())
                .setUser(database.user())
                .setPassword(database.password()));
    subscriber.connect().toCompletionStage().toCompletableFuture().join();
    var heard = new Semaphore(0);
    Storefront.listen(subscriber, heard::release).toCompletionStage().toCompletableFuture().join();
    heard.drainPermits();

    // When
    registry.offers(1, DEAR.sha256()).endBlock().write();
    boolean facts = heard.tryAcquire(5, TimeUnit.SECONDS);
    valid(Document.Type.OFFERS, DEAR);
    boolean document = heard.tryAcquire(5, TimeUnit.SECONDS);
    registry.goBackTo(1);
    boolean reorganisation = heard.tryAcquire(5, TimeUnit.SECONDS);

    // Then
    assertThat(List.of(facts, document, reorganisation)).containsOnly(true);
    subscriber.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
