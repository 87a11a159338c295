package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.Duties;
import io.stoa.persistence.till.Epoch;
import io.stoa.persistence.till.Epochs;
import io.stoa.persistence.till.Hold;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.receipt.ReceiptMerkle;
import io.vertx.sqlclient.Pool;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Receipts of a real till, anchored on a real chain. */
class AnchorWorkerIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final UsageAnchors ANCHORS =
      new UsageAnchors(CHAIN.rpc(), CHAIN.contracts().find(AddressBook.USAGE_ANCHOR).orElseThrow());
  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MANY = 100_000;
  private static final List<Epoch.Part> ONE_LEAF =
      List.of(new Epoch.Part(Bytes32.ZERO, List.of(Bytes32.ZERO)));

  private static ReceiptWatch watch;

  private final SigningKey sender = CHAIN.account();
  private final SendLog sends = new InMemorySendLog();
  private TestDatabase database;
  private Pool pool;
  private Epochs epochs;
  private int calls;

  @BeforeAll
  static void watch() {
    watch = new ReceiptWatch(CHAIN.rpc(), Duration.ofMillis(50));
  }

  @AfterAll
  static void end() {
    watch.close();
  }

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    epochs = new Epochs(pool);
  }

  @AfterEach
  void close() {
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  @Test
  void everyReceiptOfAnEpochIsProvenByOneTransaction() throws SQLException {
    // Given
    var receipts = List.of(call(NOON), call(NOON.plusSeconds(3599)), payment(NOON.plusSeconds(7)));
    var later = call(NOON.plus(HOUR));

    // When
    worker(MANY).run();

    // Then
    for (var receipt : receipts) {
      var proof = proof(receipt);
      assertThat(proof.epoch().epoch().id()).isEqualTo(NOON.plus(HOUR).getEpochSecond());
      assertThat(proof.epoch().epoch().count()).isEqualTo(3);
      assertThat(holds(proof)).isTrue();
    }
    assertThat(AnchorProof.find(epochs, later.document, later.at)).isEmpty();
    assertThat(transactions()).isOne();
  }

  @Test
  void roundAfterRoundEachEpochIsAnchored() throws SQLException {
    // Given
    var first = call(NOON);
    var second = call(NOON.plus(HOUR.multipliedBy(30)));

    // When
    worker(MANY).run();
    worker(MANY).run();
    worker(MANY).run();

    // Then
    assertThat(holds(proof(first))).isTrue();
    assertThat(holds(proof(second))).isTrue();
    assertThat(transactions()).isEqualTo(2);
  }

  @Test
  void afterARestartWhatWasWrittenDownIsCarriedOn() throws SQLException {
    // Given
    var receipt = call(NOON);
    var pennilessUntilNow = SigningKey.of(Keccak.hash("poor " + System.nanoTime()));
    worker(MANY, pennilessUntilNow, sends).run();
    assertThat(proof(receipt).epoch().block()).isEmpty();
    var tooLate = call(NOON.plusSeconds(1));
    CHAIN.ask("anvil_setBalance", pennilessUntilNow.address().toString(), "0xde0b6b3a7640000");

    // When
    worker(MANY, pennilessUntilNow, new InMemorySendLog()).run();

    // Then
    assertThat(holds(proof(receipt))).isTrue();
    assertThat(proof(receipt).epoch().block()).isPresent();
    assertThat(AnchorProof.find(epochs, tooLate.document, tooLate.at)).isEmpty();
  }

  @Test
  void twoInstancesDoNotAnchorTwice() throws Exception {
    // Given
    var receipt = call(NOON);

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var both = new ArrayList<Callable<Void>>();
      for (int instance = 0; instance < 2; instance++) {
        both.add(
            () -> {
              worker(MANY).run();
              return null;
            });
      }
      for (var done : threads.invokeAll(both)) {
        done.get();
      }
    }

    // Then
    assertThat(holds(proof(receipt))).isTrue();
    assertThat(transactions()).isOne();
  }

  @Test
  void aRootIsFinalOnceEnoughBlocksStandOnIt() throws SQLException {
    // Given
    var receipt = call(NOON);
    worker(MANY).run();
    assertThat(proof(receipt).epoch().isFinal()).isFalse();

    // When
    CHAIN.mine(3);
    worker(MANY).run();

    // Then
    assertThat(proof(receipt).epoch().isFinal()).isTrue();
    assertThat(epochs.open(10)).isEmpty();
  }

  @Test
  void moreThanFitsIsCutShort() throws SQLException {
    // Given
    var receipts = new ArrayList<Issued>();
    for (int second = 0; second < 5; second++) {
      receipts.add(call(NOON.plusSeconds(second)));
    }

    // When
    for (int round = 0; round < 3; round++) {
      worker(2).run();
    }

    // Then
    assertThat(receipts).allSatisfy(receipt -> assertThat(holds(proof(receipt))).isTrue());
    assertThat(transactions()).isEqualTo(3);
  }

  @Test
  void manyReceiptsAreProvenOutOfTheirPartAlone() throws SQLException {
    // Given
    var receipts = new ArrayList<Issued>();
    try (var connection = database.connect()) {
      for (int call = 0; call < 4_200; call++) {
        receipts.add(call(connection, NOON));
      }
    }

    // When
    worker(MANY).run();

    // Then
    assertThat(holds(proof(receipts.getFirst()))).isTrue();
    assertThat(holds(proof(receipts.getLast()))).isTrue();
    assertThat(proof(receipts.getLast()).epoch().epoch().count()).isEqualTo(4_200);
  }

  @Test
  void aTimeThatIsNotOverIsLeftAlone() throws SQLException {
    // Given
    call(Instant.now());

    // When, Then
    assertThat(epochs.next(HOUR, Duration.ZERO, MANY)).isEmpty();
  }

  @Test
  void aTimeThatHadNoReceiptIsReadOnce() throws SQLException {
    // Given
    var before = epochs.next(Duration.ofDays(1), Duration.ZERO, MANY);
    call(NOON);

    // When
    var again = epochs.next(Duration.ofDays(1), Duration.ZERO, MANY);
    var elsewhere = new Epochs(pool).next(Duration.ofDays(1), Duration.ZERO, MANY);

    // Then
    assertThat(before).isEmpty();
    assertThat(again).isEmpty();
    assertThat(elsewhere).isPresent();
  }

  @Test
  void whoeverMayStillAddAReceiptIsWaitedFor() throws SQLException {
    // Given
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("select 1");
      var receipt = call(Instant.now());
      await().until(() -> Instant.now().isAfter(receipt.at.plusSeconds(2)));

      // When
      var during = epochs.next(Duration.ofSeconds(1), Duration.ZERO, MANY);
      connection.commit();
      var after = epochs.next(Duration.ofSeconds(1), Duration.ZERO, MANY);

      // Then
      assertThat(during).isEmpty();
      assertThat(after).isPresent();
    }
  }

  @Test
  void aReceiptThatIsCommittedLateIsFoundAtOnce() throws SQLException {
    // Given
    try (var connection = database.connect()) {
      connection.setAutoCommit(false);
      var receipt = call(connection, Instant.now());
      var tillThen = Duration.ofSeconds(receipt.at.getEpochSecond() + 1);
      await().until(() -> Instant.now().isAfter(receipt.at.plusSeconds(2)));

      // When
      var before = epochs.next(tillThen, Duration.ZERO, MANY);
      connection.commit();
      var after = epochs.next(tillThen, Duration.ZERO, MANY);

      // Then
      assertThat(before).isEmpty();
      assertThat(after).isPresent();
    }
  }

  @Test
  void noReceiptBelongsToTwoEpochs() {
    // Given
    assertThat(epochs.record(epoch(100, 200), ONE_LEAF)).isTrue();

    // When, Then
    assertThat(epochs.record(epoch(150, 250), ONE_LEAF)).isFalse();
    assertThat(epochs.record(epoch(50, 150), ONE_LEAF)).isFalse();
    assertThat(epochs.record(epoch(100, 200), ONE_LEAF)).isFalse();
    assertThat(epochs.record(epoch(200, 300), ONE_LEAF)).isTrue();
  }

  private Epoch epoch(long begin, long end) {
    return new Epoch(
        new Epoch.Span(begin, end),
        TestChain.ID,
        ANCHORS.contract(),
        sender.address(),
        Bytes32.ZERO,
        1);
  }

  private AnchorWorker worker(int most) {
    return worker(most, sender, sends);
  }

  private AnchorWorker worker(int most, SigningKey key, SendLog log) {
    var transactions =
        new TransactionSender(CHAIN.rpc(), TestChain.ID, key, log, SendPolicy.standard(), watch);
    return new AnchorWorker(
        epochs,
        new Duties(pool),
        ANCHORS,
        CHAIN.rpc(),
        TestChain.ID,
        new Finality.Depth(2),
        transactions,
        log,
        new AnchorWorker.Terms(HOUR, Duration.ZERO, most, Duration.ofSeconds(20)));
  }

  private long transactions() {
    var count = CHAIN.ask("eth_getTransactionCount", sender.address().toString(), "latest");
    return Long.decode(count.asText());
  }

  private AnchorProof proof(Issued receipt) {
    return AnchorProof.find(epochs, receipt.document, receipt.at).orElseThrow();
  }

  private static boolean holds(AnchorProof proof) {
    var epoch = proof.epoch().epoch();
    var place = new ReceiptMerkle.Place(epoch.chain(), epoch.anchor(), epoch.sender(), epoch.id());
    return ANCHORS
        .rootOf(epoch.sender(), epoch.id(), BlockId.LATEST)
        .filter(root -> ReceiptMerkle.proves(place, proof.receipt(), proof.siblings(), root))
        .isPresent();
  }

  private record Issued(String document, Instant at) {}

  /** A call that a channel was charged for at {@code at}. */
  private Issued call(Instant at) throws SQLException {
    try (var connection = database.connect()) {
      return call(connection, at);
    }
  }

  private Issued call(Connection connection, Instant at) throws SQLException {
    var document = receipt(at);
    try (var statement =
        connection.prepareStatement(
            """
                insert into till.usage (channel_id, fence, listing_id, manifest_sha256, offers_root, request_method,
                  request_target, request_body, units, price, response_body, receipt, held_at, charged_at)
                values ('\\x01', ?, 1, '\\x01', '\\x01', 'POST', '/', '\\x01', '{}', 1, '\\x01', ?, ?, ?)
                """)) {
      statement.setLong(1, calls);
      statement.setString(2, document);
      statement.setObject(3, at.atOffset(ZoneOffset.UTC));
      statement.setObject(4, at.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
    return new Issued(document, at);
  }

  /** A payment whose receipt was written at {@code at}. */
  private Issued payment(Instant at) throws SQLException {
    var document = receipt(at);
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                "insert into till.receipt (payer, id, document, issued_at) values ('\\x01', ?, ?, ?)")) {
      statement.setBytes(1, Bytes32.of(BigInteger.valueOf(calls)).toBytes());
      statement.setString(2, document);
      statement.setObject(3, at.atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
    return new Issued(document, at);
  }

  private String receipt(Instant at) {
    var account = Address.parse("0x" + "1a".repeat(20));
    var config =
        new ChannelConfig(account, account, account, account, CHAIN.dollar(), 900, Bytes32.ZERO);
    return new Receipts(Clock.fixed(at, ZoneOffset.UTC))
        .issue(
            new Hold(new ChannelId(Bytes32.ZERO), ++calls),
            config,
            new Purchase(new ListingId(1), Bytes32.ZERO, Bytes32.ZERO),
            new RequestDigest("POST", "/", Bytes32.ZERO),
            Bytes32.ZERO,
            BigInteger.ONE,
            Usage.NOTHING);
  }
}
