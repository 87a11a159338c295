package io.stoa.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.persistence.Migrations;
import io.stoa.persistence.mirror.Document;
import io.stoa.persistence.mirror.Document.Finding;
import io.stoa.persistence.mirror.PostgresMirrorWriter;
import io.stoa.persistence.mirror.Progress;
import io.stoa.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorIT {
  private static final List<ListingStatus> STATUSES = List.of(ListingStatus.values());
  private static final Bytes32 MANIFEST = hash(100);
  private static final Bytes32 OFFERS = hash(200);

  private TestDatabase database;
  private Pool pool;
  private PostgresMirrorWriter mirror;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    mirror = new PostgresMirrorWriter(pool);
  }

  @AfterEach
  void close() {
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  private static Bytes32 hash(long number) {
    return Bytes32.of(BigInteger.valueOf(number));
  }

  private Bytes32 digest() {
    return mirror.digest(Registry.CHAIN);
  }

  private int count(String table) {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from mirror." + table)) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Some facts of a random kind, the same for the same seed and block. */
  private static void tell(Registry registry, long seed) {
    var random = new Random(seed * 1_000 + registry.block());
    if (registry.block() == 1) {
      for (int id = 1; id <= 3; id++) {
        registry.publish(id, "stoa/model-" + id, ListingKind.MODEL, hash(id), hash(id + 10));
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      long id = 1L + random.nextInt(3);
      switch (random.nextInt(6)) {
        case 0 -> registry.version(id, random.nextInt(100), hash(random.nextInt(50)));
        case 1 -> registry.offers(id, hash(random.nextInt(50)));
        case 2 -> registry.paysTo(id, Registry.splitter(random.nextInt(50)));
        case 3 -> registry.stands(id, STATUSES.get(random.nextInt(4)));
        case 4 -> registry.belongsTo(id, Registry.splitter(random.nextInt(50)));
        default -> registry.unreadable("OffersChanged");
      }
    }
    registry.endBlock();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void goingBackToAnyBlockRestoresExactlyWhatWasThere(long seed) {
    // Given
    var registry = new Registry(mirror);
    var digests = new ArrayList<Bytes32>();
    digests.add(digest());
    for (int block = 1; block <= 20; block++) {
      tell(registry, seed);
      registry.write();
      digests.add(digest());
    }
    var random = new Random(seed);

    for (int round = 0; round < 10; round++) {
      // When
      int target = random.nextInt(20);
      registry.goBackTo(target);

      // Then
      assertThat(digest()).as("at block " + target).isEqualTo(digests.get(target));

      // When
      while (registry.block() <= 20) {
        tell(registry, seed);
        if (random.nextBoolean() || registry.block() > 20) {
          registry.write();
        }
      }

      // Then
      assertThat(digest()).isEqualTo(digests.get(20));
    }
  }

  @Test
  void theDigestTellsDifferentMirrorsApart() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var before = digest();

    // When
    registry.unreadable("OffersChanged").endBlock().write();
    var withDeadEvent = digest();
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Invalid("/kind: missing"));
    var withDocument = digest();

    // Then
    assertThat(List.of(before, withDeadEvent, withDocument)).doesNotHaveDuplicates();
  }

  @Test
  void documentsThatOnlyALostForkNamedDoNotCount() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var before = digest();

    // When
    registry.version(1, 2, hash(300)).endBlock().write().goBackTo(1);

    // Then
    assertThat(digest()).isEqualTo(before);
    assertThat(count("document")).isEqualTo(3);
  }

  @Test
  void rawLogsOfALostForkAreKept() {
    // Given
    var registry = new Registry(mirror);
    registry.endBlock().publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock();
    registry.write();

    // When
    registry.goBackTo(1);

    // Then
    assertThat(count("raw_log where not is_canonical")).isOne();
    assertThat(count("listing")).isZero();

    // When
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();

    // Then
    assertThat(count("raw_log where is_canonical")).isOne();
    assertThat(count("raw_log")).isOne();
  }

  @Test
  void aWriterWhoseCursorIsStaleIsRefusedAndChangesNothing() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var digest = digest();
    var elsewhere = new BlockRef(1, hash(7));
    var next = new BlockRef(2, hash(8));
    var nothing =
        new Progress(
            new Progress.Cursor(next, Registry.timeOf(2)),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    // Then
    for (var from : List.of(Optional.of(elsewhere), Optional.<BlockRef>empty())) {
      assertThatThrownBy(() -> mirror.advance(Registry.CHAIN, from, nothing))
          .isInstanceOf(MarketException.Conflict.class);
    }
    assertThatThrownBy(() -> mirror.unwind(Registry.CHAIN, elsewhere, Optional.empty()))
        .isInstanceOf(MarketException.Conflict.class);
    assertThat(digest()).isEqualTo(digest);
  }

  @Test
  void aChangeThatFailsHalfwayLeavesNothing() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var digest = digest();
    var cursor = mirror.cursor(Registry.CHAIN);

    // When
    var failure =
        assertThatThrownBy(
            () ->
                registry
                    .offers(1, hash(5))
                    .publish(2, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS)
                    .endBlock()
                    .write());

    // Then
    failure.isInstanceOf(IllegalStateException.class);
    assertThat(digest()).isEqualTo(digest);
    assertThat(mirror.cursor(Registry.CHAIN)).isEqualTo(cursor);
    assertThat(count("raw_log")).isOne();
  }

  @Test
  void aReaderSeesOneForkOrTheOtherAndNeverAMix() throws Exception {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, hash(1)).endBlock().write();
    var seen = ConcurrentHashMap.<String>newKeySet();
    var done = new AtomicBoolean();
    try (var connection = database.connect();
        var query =
            connection.prepareStatement(
                "select encode(offers_root, 'hex') || encode(splitter, 'hex') from mirror.listing_now");
        var readers = Executors.newVirtualThreadPerTaskExecutor()) {
      var reader =
          readers.submit(
              () -> {
                while (!done.get()) {
                  try (var rows = query.executeQuery()) {
                    rows.next();
                    seen.add(rows.getString(1));
                  }
                }
                return seen;
              });

      // When
      for (int fork = 0; fork < 100; fork++) {
        int number = 2 + fork % 2;
        registry.offers(1, hash(number)).paysTo(1, Registry.splitter(number)).endBlock().write();
        registry.goBackTo(1);
      }
      done.set(true);
      reader.get();
    }

    // Then
    assertThat(seen)
        .isSubsetOf(
            IntStream.rangeClosed(1, 3)
                .mapToObj(
                    number ->
                        hash(number).toString().substring(2)
                            + Registry.splitter(number).toString().substring(2))
                .toList());
    assertThat(seen).hasSizeGreaterThan(1);
  }

  @Test
  void chainsDoNotMix() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var other = new ChainId(1);

    // When
    mirror.begin(other, Registry.ADDRESS);

    // Then
    assertThat(mirror.cursor(other)).isEmpty();
    assertThat(mirror.pending(other, 10)).isEmpty();
    assertThat(mirror.digest(other)).isNotEqualTo(digest());
  }

  @Test
  void anotherRegistryStartsWithAnEmptyMirror() {
    // Given
    var empty = digest();
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();

    // When
    mirror.begin(Registry.CHAIN, Address.parse("0x" + "cd".repeat(20)));

    // Then
    assertThat(mirror.cursor(Registry.CHAIN)).isEmpty();
    assertThat(digest()).isEqualTo(empty);
  }

  @Test
  void theSameRegistryGoesOnWhereItWas() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    var cursor = mirror.cursor(Registry.CHAIN);

    // When
    mirror.begin(Registry.CHAIN, Registry.ADDRESS);

    // Then
    assertThat(mirror.cursor(Registry.CHAIN)).isEqualTo(cursor).isPresent();
  }

  @Test
  void aMirrorThatWasDroppedAndToldAgainIsTheSame() {
    // Given
    var registry = new Registry(mirror);
    for (int block = 1; block <= 10; block++) {
      tell(registry, 7);
      registry.write();
    }
    var digest = digest();

    // When
    Migrations.emptyMirror(database.jdbcUrl(), database.user(), database.password());
    var again = new Registry(mirror);
    for (int block = 1; block <= 10; block++) {
      tell(again, 7);
    }
    again.write();

    // Then
    assertThat(digest()).isEqualTo(digest);
  }

  @Test
  void aMissingDocumentIsDueLaterUnlessItArrives() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    assertThat(mirror.pending(Registry.CHAIN, 10)).hasSize(2);

    // When
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Missing());

    // Then
    assertThat(mirror.pending(Registry.CHAIN, 10)).hasSize(1);

    // When
    mirror.arrived(Registry.CHAIN, Cid.of(Cid.Codec.RAW, MANIFEST));

    // Then
    assertThat(mirror.pending(Registry.CHAIN, 10)).hasSize(2);

    // When
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Missing());

    // Then
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> mirror.pending(Registry.CHAIN, 10).size() == 2);
  }

  @Test
  void whatADocumentWasFoundToBeStays() {
    // Given
    var registry = new Registry(mirror);
    registry.publish(1, "stoa/a", ListingKind.MODEL, MANIFEST, OFFERS).endBlock().write();
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Invalid("first"));
    var digest = digest();

    // When
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Invalid("second"));
    mirror.found(Registry.CHAIN, manifest(MANIFEST), new Finding.Missing());

    // Then
    assertThat(digest()).isEqualTo(digest);
    assertThat(mirror.pending(Registry.CHAIN, 10)).hasSize(1);
  }

  private static Document manifest(Bytes32 sha256) {
    return new Document(
        Document.Type.MANIFEST, Bytes.wrap(Cid.of(Cid.Codec.RAW, sha256).toBytes()), sha256);
  }
}
