package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.Listing.Documents;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.persistence.Migrations;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.persistence.mirror.HibernateListings;
import io.stoa.persistence.mirror.Listings;
import io.stoa.persistence.mirror.Listings.Availability;
import io.stoa.persistence.mirror.PostgresMirrorWriter;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import jakarta.persistence.Persistence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.reactive.mutiny.Mutiny;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogueIT {
  private static final Asset DOLLAR =
      new Asset(Registry.CHAIN, Address.parse("0x" + "05".repeat(20)));
  private static final TestDocument MANIFEST = TestDocument.manifest("MiniLM", ListingKind.MODEL);
  private static final TestDocument OFFERS = TestDocument.offers(DOLLAR, 1_000);

  private static TestDatabase database;
  private static Pool pool;
  private static PostgresMirrorWriter mirror;
  private static Mutiny.SessionFactory sessions;
  private static Listings listings;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    mirror = new PostgresMirrorWriter(pool);
    sessions =
        Persistence.createEntityManagerFactory(
                "mirror",
                Map.of(
                    "jakarta.persistence.jdbc.url", database.url(),
                    "jakarta.persistence.jdbc.user", database.user(),
                    "jakarta.persistence.jdbc.password", database.password()))
            .unwrap(Mutiny.SessionFactory.class);
    listings = new HibernateListings(sessions, Registry.CHAIN);
  }

  @BeforeEach
  void empty() {
    Migrations.emptyMirror(database.jdbcUrl(), database.user(), database.password());
  }

  @AfterAll
  static void close() {
    sessions.close();
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  private void valid(Document.Type type, TestDocument document) {
    decide(type, document, new Finding.Valid(document.body()));
  }

  private void decide(Document.Type type, TestDocument document, Finding finding) {
    mirror.found(
        Registry.CHAIN,
        new Document(type, Bytes.of(document.cid().toBytes()), document.sha256()),
        finding);
  }

  private Registry published(String... paths) {
    var registry = new Registry(mirror);
    for (int i = 0; i < paths.length; i++) {
      registry.publish(i + 1L, paths[i], ListingKind.MODEL, MANIFEST.sha256(), OFFERS.sha256());
    }
    return registry.endBlock().write();
  }

  private Optional<Listing> find(String path) {
    return listings.find(ListingPath.parse(path)).await().indefinitely();
  }

  private static Listings.Query everything() {
    return new Listings.Query(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 100);
  }

  private List<String> page(Listings.Query query) {
    return listings.page(query).await().indefinitely().stream()
        .map(listing -> listing.path().toString())
        .toList();
  }

  @Test
  void aListingIsFoundWithEverythingThatIsKnown() {
    // Given
    published("stoa/minilm");
    valid(Document.Type.MANIFEST, MANIFEST);
    valid(Document.Type.OFFERS, OFFERS);

    // When
    var found = find("stoa/minilm").orElseThrow();

    // Then
    assertThat(found.id()).isEqualTo(new ListingId(1));
    assertThat(found.owner()).isEqualTo(Registry.OWNER);
    assertThat(found.splitter()).isEqualTo(Registry.splitter(1));
    assertThat(found.status()).isEqualTo(ListingStatus.ACTIVE);
    assertThat(found.version()).isOne();
    assertThat(found.manifestCid()).contains(MANIFEST.cid());
    assertThat(found.offersRoot()).isEqualTo(OFFERS.sha256());
    assertThat(found.publishedAt()).isEqualTo(Registry.timeOf(1));
    assertThat(found.documents())
        .isInstanceOfSatisfying(
            Documents.Valid.class,
            documents -> {
              assertThat(documents.manifest().title()).isEqualTo("MiniLM");
              assertThat(documents.offers()).hasSize(1);
            });
    assertThat(find("stoa/other")).isEmpty();
  }

  @Test
  void whatBecameOfItsDocumentsIsTold() {
    // Given
    var registry = published("stoa/minilm");
    var dataset = TestDocument.manifest("Data", ListingKind.DATASET);
    assertThat(find("stoa/minilm").orElseThrow().documents()).isEqualTo(new Documents.Pending());
    valid(Document.Type.MANIFEST, MANIFEST);
    assertThat(find("stoa/minilm").orElseThrow().documents()).isEqualTo(new Documents.Pending());

    // When
    decide(Document.Type.OFFERS, OFFERS, new Finding.Invalid("/offers/0/type: not known"));

    // Then
    assertThat(find("stoa/minilm").orElseThrow().documents())
        .isEqualTo(new Documents.Invalid("Offers: /offers/0/type: not known"));

    // When
    registry.version(1, 2, dataset.sha256()).endBlock().write();
    valid(Document.Type.MANIFEST, dataset);

    // Then
    assertThat(find("stoa/minilm").orElseThrow().documents())
        .isEqualTo(
            new Documents.Invalid(
                "Manifest: /kind: it says DATASET, the listing was published as MODEL"));
  }

  @Test
  void aManifestNamedByAForeignCidIsListedWithTheReason() {
    // Given
    published("stoa/minilm");
    decide(Document.Type.MANIFEST, MANIFEST, new Finding.Invalid("its CID is foreign"));

    // When
    var found = page(everything());

    // Then
    assertThat(found).containsExactly("stoa/minilm");
  }

  @Test
  void pagesGoByIdAndStartAfterTheLastOne() {
    // Given
    published("stoa/a", "stoa/b", "stoa/c");

    // When
    var query =
        new Listings.Query(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(new ListingId(1)), 1);

    // Then
    assertThat(page(query)).containsExactly("stoa/b");
    assertThat(page(everything())).containsExactly("stoa/a", "stoa/b", "stoa/c");
  }

  @Test
  void listingsAreNarrowedByKindProviderAndWords() {
    // Given
    var registry = new Registry(mirror);
    var data = TestDocument.manifest("100% of_Zürich's DATA", ListingKind.DATASET);
    var address = "0x" + "09".repeat(20);
    registry
        .publish(1, "stoa/minilm", ListingKind.MODEL, MANIFEST.sha256(), OFFERS.sha256())
        .publish(2, address + "/data", ListingKind.DATASET, data.sha256(), OFFERS.sha256())
        .endBlock()
        .write();
    valid(Document.Type.MANIFEST, MANIFEST);
    valid(Document.Type.MANIFEST, data);

    // Then
    assertThat(page(narrowed(Optional.of(ListingKind.DATASET), Optional.empty(), "")))
        .containsExactly(address + "/data");
    assertThat(page(narrowed(Optional.empty(), Optional.of("stoa"), "")))
        .containsExactly("stoa/minilm");
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), " zÜrich  data ")))
        .containsExactly(address + "/data");
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), "MINI")))
        .containsExactly("stoa/minilm");
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), "100% of_z"))).hasSize(1);
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), "%"))).hasSize(1);
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), "licence"))).isEmpty();
    assertThat(page(narrowed(Optional.empty(), Optional.empty(), "x' or 'a'='a"))).isEmpty();
  }

  private static Listings.Query narrowed(
      Optional<ListingKind> kind, Optional<String> provider, String text) {
    return new Listings.Query(
        kind, provider.map(Provider::parse), Optional.of(text), Optional.empty(), 100);
  }

  @Test
  void whatIsNotForSaleCanBeLeftOutOrAskedFor() {
    // Given
    var registry = new Registry(mirror);
    var bad = TestDocument.manifest("Bad", ListingKind.MODEL);
    registry
        .publish(1, "stoa/good", ListingKind.MODEL, MANIFEST.sha256(), OFFERS.sha256())
        .publish(2, "stoa/bad", ListingKind.MODEL, bad.sha256(), OFFERS.sha256())
        .publish(3, "stoa/paused", ListingKind.MODEL, MANIFEST.sha256(), OFFERS.sha256())
        .stands(3, ListingStatus.PAUSED)
        .publish(4, "stoa/other", ListingKind.DATASET, MANIFEST.sha256(), OFFERS.sha256())
        .endBlock()
        .write();
    valid(Document.Type.MANIFEST, MANIFEST);
    valid(Document.Type.OFFERS, OFFERS);
    decide(Document.Type.MANIFEST, bad, new Finding.Invalid("/title: missing"));

    // Then
    assertThat(page(available(Availability.FOR_SALE))).containsExactly("stoa/good");
    assertThat(page(available(Availability.NOT_FOR_SALE)))
        .containsExactly("stoa/bad", "stoa/paused", "stoa/other");
    assertThat(page(available(Availability.ANY))).hasSize(4);
  }

  private static Listings.Query available(Availability availability) {
    return new Listings.Query(
        Optional.empty(), Optional.empty(), Optional.empty(), availability, Optional.empty(), 100);
  }

  @Test
  void versionsAreToldTheNewestFirst() {
    // Given
    var next = Bytes32.parse("0x" + "7".repeat(64));
    published("stoa/minilm").version(1, 2, next).endBlock().write();

    // When
    var versions = listings.versions(ListingPath.parse("stoa/minilm")).await().indefinitely();

    // Then
    assertThat(versions).extracting(Listings.Version::version).containsExactly(2, 1);
    assertThat(versions.getFirst().sha256()).isEqualTo(next);
    assertThat(versions.getFirst().publishedAt()).isEqualTo(Registry.timeOf(2));
    assertThat(listings.versions(ListingPath.parse("stoa/none")).await().indefinitely()).isEmpty();
  }

  @Test
  void anotherChainsListingsAreNotShown() {
    // Given
    published("stoa/minilm");
    var elsewhere = new HibernateListings(sessions, new ChainId(1));

    // Then
    assertThat(elsewhere.page(everything()).await().indefinitely()).isEmpty();
    assertThat(elsewhere.find(ListingPath.parse("stoa/minilm")).await().indefinitely()).isEmpty();
  }
}
