package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.persistence.till.ChannelBooks;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Reservation;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.batch.ChannelContracts;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Claims and settlements on a real chain, out of a real till. */
class ClaimWorkerIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final ChannelReads READS =
      new ChannelReads(CHAIN.rpc(), ChannelContracts.CHANNELS);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final BigInteger HIGH = BigInteger.TWO.pow(100);

  private static TestDatabase database;
  private static Pool pool;
  private static ChannelTill till;
  private static ReceiptWatch watch;

  private final SigningKey authorizer = CHAIN.account();
  private final Address payee = Abi.address(Bytes32.of(new BigInteger(150, new Random())));

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    pool = database.pool();
    till = new ChannelTill(pool);
    watch = new ReceiptWatch(CHAIN.rpc(), Duration.ofMillis(50));
  }

  @AfterAll
  static void close() {
    watch.close();
    pool.close().toCompletionStage().toCompletableFuture().join();
    database.close();
  }

  @AfterEach
  void letTheChainRun() {
    CHAIN.setAutomine(true);
  }

  @Test
  void rule57AfterClaimAndSettlementThePayeeHasTheSumOfAllCharges() {
    // Given
    charged(120);
    charged(80);

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(200);
    assertThat(claimable()).isEmpty();
  }

  @Test
  void whatIsNotWorthTheGasWaitsUntilItIsOldEnough() {
    // Given
    charged(120);

    // When
    worker(HIGH, HOUR).run(CHAIN.dollar());
    var young = READS.earnings(payee, CHAIN.dollar(), BlockId.LATEST).claimed();
    worker(HIGH, Duration.ZERO).run(CHAIN.dollar());
    var old = READS.earnings(payee, CHAIN.dollar(), BlockId.LATEST).claimed();

    // Then
    assertThat(young).isZero();
    assertThat(old).isEqualTo(120);
  }

  @Test
  void aChannelWhosePayerLeavesIsClaimedWhateverItOwes() {
    // Given
    var payer = charged(120);
    payer.giveNotice(880);
    till.sync(payer.channel, payer.config, READS.read(List.of(payer.channel)).getFirst());

    // When
    worker(HIGH, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(READS.read(List.of(payer.channel)).getFirst().claimed()).isEqualTo(120);
  }

  @Test
  void rule56AVoucherThatTheContractRefusesHoldsUpNoOther() {
    // Given
    var good = charged(120);
    var bad = payer();
    var forged = new Voucher(bad.channel, BigInteger.valueOf(70), Bytes.of(new byte[] {1, 2, 3}));
    charge(bad, forged, 70);
    var better = charged(90);

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(210);
    var seen = READS.read(List.of(good.channel, bad.channel, better.channel));
    assertThat(seen.get(0).claimed()).isEqualTo(120);
    assertThat(seen.get(1).claimed()).isZero();
    assertThat(seen.get(2).claimed()).isEqualTo(90);
  }

  @Test
  void rule56AsManyRefusedVouchersAsOneTransactionHoldsHoldUpNoOther() {
    // Given
    for (int i = 0; i < 25; i++) {
      var bad = payer();
      charge(
          bad,
          new Voucher(bad.channel, BigInteger.valueOf(70), Bytes.of(new byte[] {1, 2, 3})),
          70);
    }
    charged(120);

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(120);
    assertThat(claimable()).isEmpty();
  }

  @Test
  void aChannelThatWasSetAsideComesAgain() {
    // Given
    var payer = charged(120);
    till.setAside(payer.channel);
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());
    var early = CHAIN.dollarsOf(payee);
    let(payer, "claim_after = claim_after - interval '46 seconds'");

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(early).isZero();
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(120);
  }

  @Test
  void aNodeThatDoesNotEstimateSetsNoVoucherAside() {
    // Given
    charged(120);
    try (var node = FaultyRpc.before(CHAIN.endpoint())) {
      var busy =
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32005,\"message\":\"slow down\"}}";
      node.spoil("eth_estimateGas", 100, new FaultyRpc.Fault.Reply(200, busy));

      // When, Then
      try (var rpc = Rpc.connect(RpcSettings.of(node.endpoint()).withReadAttempts(1))) {
        var worker = worker(rpc, BigInteger.ONE, HOUR);
        assertThatThrownBy(() -> worker.run(CHAIN.dollar())).isInstanceOf(RpcException.class);
      }
    }
    assertThat(claimable()).hasSize(1);
  }

  @Test
  void aChannelWithoutAVoucherIsNotToBeClaimed() {
    // Given
    var payer = charged(120);

    // When
    let(payer, "signature = null");

    // Then
    assertThat(claimable()).isEmpty();
  }

  @Test
  void whatOthersClaimedIsPaidOutOnceInATime() {
    // Given
    var payer = charged(120);
    claimedByOthers(payer);
    worker(HIGH, HOUR).run(CHAIN.dollar());
    var first = CHAIN.dollarsOf(payee);
    charge(payer, payer.voucher(150), 30);
    claimedByOthers(payer);

    // When
    worker(HIGH, HOUR).run(CHAIN.dollar());
    var early = CHAIN.dollarsOf(payee);
    worker(HIGH, Duration.ZERO).run(CHAIN.dollar());
    var late = CHAIN.dollarsOf(payee);

    // Then
    assertThat(first).isEqualTo(120);
    assertThat(early).isEqualTo(120);
    assertThat(late).isEqualTo(150);
  }

  @Test
  void everyReceiverIsPaidHoweverManyThereAre() {
    // Given
    var payees = new ArrayList<Address>();
    for (int i = 0; i < 26; i++) {
      var receiver = Abi.address(Bytes32.of(new BigInteger(150, new Random())));
      var payer = new ChannelPayer(receiver, authorizer.address());
      payer.deposit(100);
      charge(payer, payer.voucher(10), 10);
      claimedByOthers(payer);
      payees.add(receiver);
    }

    // When
    worker(HIGH, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(payees).allSatisfy(receiver -> assertThat(CHAIN.dollarsOf(receiver)).isEqualTo(10));
  }

  @Test
  void whileAClaimIsNotMinedNoOtherIsSent() {
    // Given
    var first = charged(120);
    var second = payer();
    var sends = new InMemorySendLog();
    var key = CHAIN.account();
    var worker = worker(CHAIN.rpc(), key, sends, BigInteger.ONE, HOUR, Duration.ofMillis(500));
    CHAIN.setAutomine(false);
    worker.run(CHAIN.dollar());
    charge(first, first.voucher(150), 30);
    charge(second, second.voucher(80), 80);

    // When
    worker.run(CHAIN.dollar());
    var underWay = sends.open(key.address()).size();
    CHAIN.mine(1);
    CHAIN.setAutomine(true);
    worker.run(CHAIN.dollar());

    // Then
    assertThat(underWay).isEqualTo(1);
    assertThat(sends.open(key.address())).isEmpty();
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(230);
    assertThat(moves(first)).isEqualTo(2);
  }

  @Test
  void twoWorkersClaimNothingTwice() {
    // Given
    charged(120);

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(120);
  }

  @Test
  void channelsOfAnotherAuthorizerAreLeftAlone() {
    // Given
    var foreign = new ChannelPayer(payee, CHAIN.account().address());
    foreign.deposit(1_000);
    charge(foreign, foreign.voucher(50), 50);

    // When
    worker(BigInteger.ONE, HOUR).run(CHAIN.dollar());

    // Then
    assertThat(READS.read(List.of(foreign.channel)).getFirst().claimed()).isZero();
  }

  private List<ChannelAccount> claimable() {
    return till.claimable(CHAIN.dollar(), authorizer.address(), BigInteger.ONE, HOUR, 100);
  }

  /** How often the books saw a transaction claim from it. */
  private static long moves(ChannelPayer payer) {
    return pool.preparedQuery(
            "select count(*) from till.channel_move where channel_id = $1 and kind = 'CLAIM'")
        .execute(Tuple.of(Buffer.buffer(payer.channel.value().toBytes())))
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .iterator()
        .next()
        .getLong(0);
  }

  private static void let(ChannelPayer payer, String change) {
    pool.preparedQuery("update till.channel set " + change + " where channel_id = $1")
        .execute(Tuple.of(Buffer.buffer(payer.channel.value().toBytes())))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private ClaimWorker worker(BigInteger threshold, Duration age) {
    return worker(CHAIN.rpc(), threshold, age);
  }

  private ClaimWorker worker(Rpc rpc, BigInteger threshold, Duration age) {
    return worker(
        rpc, CHAIN.account(), new InMemorySendLog(), threshold, age, Duration.ofSeconds(10));
  }

  private ClaimWorker worker(
      Rpc rpc,
      SigningKey key,
      SendLog sends,
      BigInteger threshold,
      Duration age,
      Duration patience) {
    var sender =
        new TransactionSender(CHAIN.rpc(), TestChain.ID, key, sends, SendPolicy.standard(), watch);
    return new ClaimWorker(
        ChannelBooks.of(pool),
        READS,
        rpc,
        sender,
        sends,
        authorizer,
        new ClaimWorker.Terms(threshold, age, patience));
  }

  /** And noticed by this node, which nothing is owed any more then. */
  private void claimedByOthers(ChannelPayer payer) {
    var due = AuthorizerCalls.due(till.find(payer.channel).orElseThrow()).orElseThrow();
    payer.send(CHAIN.account(), new AuthorizerCalls(authorizer).claim(List.of(due)));
    till.sync(payer.channel, payer.config, READS.read(List.of(payer.channel)).getFirst());
  }

  private ChannelPayer charged(long price) {
    var payer = payer();
    charge(payer, payer.voucher(price), price);
    return payer;
  }

  private ChannelPayer payer() {
    var payer = new ChannelPayer(payee, authorizer.address());
    payer.deposit(1_000);
    return payer;
  }

  private static void charge(ChannelPayer payer, Voucher voucher, long price) {
    var seen = READS.read(List.of(payer.channel)).getFirst();
    till.sync(payer.channel, payer.config, seen);
    var outcome =
        till.reserve(
            new Reservation(
                voucher,
                BigInteger.valueOf(price),
                new Reservation.Mode.Serial(Optional.empty()),
                new Purchase(new ListingId(7), ChannelPayer.random(), ChannelPayer.random()),
                new RequestDigest("POST", "/x/stoa/minilm", ChannelPayer.random()),
                HOUR,
                HOUR));
    assertThat(outcome).isInstanceOf(Reservation.Outcome.Held.class);
    var hold = ((Reservation.Outcome.Held) outcome).hold();
    var charge =
        new Charge(hold, BigInteger.valueOf(price), Map.of(), ChannelPayer.random(), "a receipt");
    assertThat(till.charge(charge)).isInstanceOf(Charge.Outcome.Charged.class);
  }
}
