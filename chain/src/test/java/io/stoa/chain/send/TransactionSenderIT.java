package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionSenderIT {
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Address PAYEE = Address.parse("0x" + "7".repeat(40));
  private static final AtomicLong SEEDS = new AtomicLong(1000);

  /** Anvil's code for a contract that reverts whatever it is asked. */
  private static final Bytes ALWAYS_REVERTS = Bytes.parse("0x60006000fd");

  private static Anvil anvil;

  private SigningKey key;
  private FaultyRpc proxy;
  private Rpc rpc;
  private ReceiptWatch watch;
  private final SendLog log = new InMemorySendLog();
  private final SendPolicy policy =
      SendPolicy.standard().withPatience(Duration.ofMillis(100), Duration.ofMillis(400));

  @BeforeAll
  static void startTheChain() {
    anvil = Anvil.start();
  }

  @AfterAll
  static void stopTheChain() {
    anvil.close();
  }

  @BeforeEach
  void open() {
    key = anvil.account(SEEDS.incrementAndGet(), ETHER);
    proxy = FaultyRpc.before(anvil.endpoint());
    rpc = Rpc.connect(RpcSettings.of(proxy.endpoint()).withTimeout(Duration.ofSeconds(2)));
    watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
  }

  @AfterEach
  void close() {
    anvil.ask("evm_setAutomine", true);
    anvil.mine();
    watch.close();
    rpc.close();
    proxy.close();
  }

  @Test
  void minesATransactionAndWritesItsEndDown() {
    // When
    var outcome = sender().send(pay(5), "payment-1", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    var receipt = ((SendOutcome.Mined) outcome).receipt();
    assertThat(receipt.to()).contains(PAYEE);
    assertThat(log.findByPurpose("payment-1").orElseThrow().outcome())
        .contains(new Outcome.Mined(receipt.transaction(), receipt.block(), true));
  }

  @Test
  void fiftySendsAtOnceFromOneKeyTakeFiftyNoncesAndAreAllMined() throws Exception {
    // Given
    var sender = sender();

    // When
    var outcomes = atOnce(50, i -> sender.send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(noncesOf(50)).containsExactlyInAnyOrderElementsOf(upTo(50));
    assertThat(rpc.nonce(key.address())).isEqualTo(50);
  }

  @Test
  void twoInstancesThatShareALogNeverCollide() throws Exception {
    // Given
    var senders = List.of(sender(), sender());

    // When
    var outcomes = atOnce(30, i -> senders.get(i % 2).send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(noncesOf(30)).containsExactlyInAnyOrderElementsOf(upTo(30));
  }

  @Test
  void asksForAllPendingReceiptsTogether() throws Exception {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sender = sender();
    var mining = CompletableFuture.runAsync(() -> mineOnce(40));

    // When
    atOnce(40, i -> sender.send(pay(1), "p" + i, LONG));

    // Then
    mining.join();
    assertThat(proxy.requests("eth_getTransactionReceipt")).isLessThan(40);
  }

  @Test
  void aRevertedTransactionIsReverted() {
    // Given
    anvil.ask("anvil_setCode", PAYEE.toString(), ALWAYS_REVERTS.toString());

    // When
    var outcome = sender().send(pay(0).withGasLimit(60_000), "p", LONG);

    // Then
    anvil.ask("anvil_setCode", PAYEE.toString(), "0x");
    assertThat(outcome).isInstanceOf(SendOutcome.Reverted.class);
  }

  @Test
  void whatWouldFailIsNotSentAndTakesNoNonce() {
    // Given
    anvil.ask("anvil_setCode", PAYEE.toString(), ALWAYS_REVERTS.toString());

    // When
    var outcome = sender().send(pay(0), "p", LONG);

    // Then
    anvil.ask("anvil_setCode", PAYEE.toString(), "0x");
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.findByPurpose("p")).isEmpty();
  }

  @Test
  void nothingIsSentAboveTheFeeCapOrWithoutGasMoney() {
    // Given
    var poor = anvil.account(SEEDS.incrementAndGet(), BigInteger.TWO);

    // When
    var dear =
        new TransactionSender(
                rpc, Anvil.CHAIN, key, log, policy.withMaxFeePerGas(BigInteger.ONE), watch)
            .send(pay(0), "dear", LONG);
    var unpaid =
        new TransactionSender(rpc, Anvil.CHAIN, poor, log, policy, watch)
            .send(pay(0).withGasLimit(21_000), "unpaid", LONG);

    // Then
    assertThat(dear).isEqualTo(new SendOutcome.NotSent("gas costs more than the node may pay"));
    assertThat(unpaid)
        .isEqualTo(new SendOutcome.NotSent("the account cannot pay for gas and value"));
    assertThat(log.findByPurpose("dear").or(() -> log.findByPurpose("unpaid"))).isEmpty();
  }

  @Test
  void anUnreachableNodeMeansThatNothingWasSent() {
    // Given
    proxy.spoil("eth_chainId", 100, Fault.STATUS_500);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.open(key.address())).isEmpty();
  }

  @Test
  void aLostAnswerToTheBroadcastIsNoLostTransaction() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REPLY);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(proxy.requests("eth_sendRawTransaction")).isEqualTo(1);
  }

  @Test
  void aLostBroadcastIsRepeatedWithTheSameBytes() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REQUEST);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(log.findByPurpose("p").orElseThrow().variants()).hasSize(1);
  }

  @Test
  void withoutAReceiptByTheDeadlineTheOutcomeIsUnknownAndLaterFound() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sender = sender();
    var unknown = sender.send(pay(1), "p", SHORT);
    var sent = log.findByPurpose("p").orElseThrow();
    anvil.mine();

    // When
    var later = sender().await(sent, LONG);

    // Then
    assertThat(unknown).isEqualTo(new SendOutcome.OutcomeUnknown(sent.latest().hash()));
    assertThat(later).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void recoveryConcludesWhatWasMinedMeanwhile() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 100, Fault.LOSE_THE_REPLY);
    proxy.spoil("eth_getTransactionReceipt", 1000, Fault.STATUS_500);
    var unknown = sender().send(pay(1), "p", SHORT);
    proxy.heal();

    // When
    var recovery = sender().recover();

    // Then
    assertThat(unknown).isInstanceOf(SendOutcome.OutcomeUnknown.class);
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(1, 0, 0));
    assertThat(log.findByPurpose("p").orElseThrow().outcome().orElseThrow())
        .isInstanceOf(Outcome.Mined.class);
  }

  @Test
  void aTransactionThatTheNodeDroppedIsBroadcastAgain() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sending = sendInBackground(pay(1), "p");
    var hash = waitForBroadcast("p");

    // When
    anvil.ask("anvil_dropTransaction", hash.toString());

    // Then
    await().until(() -> rpc.transaction(hash).isPresent());
    anvil.mine();
    assertThat(sending.join()).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void recoveryBroadcastsWhatWasCommittedButNeverSent() {
    // Given
    var crashed = signedOnly("before-the-crash", 0);

    // When
    var recovery = sender().recover();

    // Then
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(0, 1, 0));
    assertThat(sender().await(crashed, LONG)).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aSendBehindAnUnsentNonceBringsThatOneAlong() {
    // Given
    var crashed = signedOnly("before-the-crash", 0);

    // When
    var outcome = sender().send(pay(2), "after-the-crash", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(sender().await(crashed, LONG)).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aNonceThatNothingIsKnownOfIsFilledWithAnEmptyTransfer() {
    // Given
    signedOnly("p", 2);

    // When
    var recovery = sender().recover();

    // Then
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(0, 1, 2));
    await().until(() -> rpc.nonce(key.address()) == 3);
  }

  @Test
  void whatTheChainLostAfterMiningItIsBroadcastAgainInOrder() {
    // Given
    var snapshot = anvil.ask("evm_snapshot").asText();
    var sender = sender();
    for (int i = 0; i < 3; i++) {
      sender.send(pay(1), "p" + i, LONG);
    }
    anvil.ask("evm_revert", snapshot);
    assertThat(rpc.nonce(key.address())).isZero();

    // When
    var recovery = sender.recover();

    // Then
    assertThat(recovery.broadcast()).isEqualTo(3);
    await().until(() -> rpc.nonce(key.address()) == 3);
  }

  @Test
  void aStuckTransactionIsReplacedByOneThatPaysMore() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sending = sendInBackground(pay(1), "p");

    // When
    await().until(() -> variantsOf("p") >= 2);

    // Then
    anvil.mine();
    var receipt = ((SendOutcome.Mined) sending.join()).receipt();
    var variants = log.findByPurpose("p").orElseThrow().variants();
    var first = FeeMarketTransaction.read(variants.getFirst());
    var second = FeeMarketTransaction.read(variants.get(1));
    assertThat(receipt.transaction()).isNotEqualTo(variants.getFirst().hash());
    assertThat(percent(second.fees().tip(), first.fees().tip())).isGreaterThanOrEqualTo(112);
    assertThat(percent(second.fees().maxFeePerGas(), first.fees().maxFeePerGas()))
        .isGreaterThanOrEqualTo(112);
    assertThat(second.nonce()).isEqualTo(first.nonce());
  }

  @Test
  void noReplacementPaysMoreThanTheCap() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var price = rpc.gasPrice();
    var cap = price.baseFee().shiftLeft(1).add(price.tip());
    var capped =
        new TransactionSender(rpc, Anvil.CHAIN, key, log, policy.withMaxFeePerGas(cap), watch);

    // When
    var outcome = capped.send(pay(1), "p", Duration.ofSeconds(2));

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.OutcomeUnknown.class);
    assertThat(log.findByPurpose("p").orElseThrow().variants())
        .allMatch(
            variant ->
                FeeMarketTransaction.read(variant).fees().maxFeePerGas().compareTo(cap) <= 0);
  }

  @Test
  void aRefusedTransactionGivesItsNonceBackByAnEmptyTransfer() {
    // Given
    var moreThanABlockHolds = pay(1).withGasLimit(1_000_000_000L);
    anvil.fund(key.address(), ETHER.multiply(BigInteger.TEN.pow(6)));

    // When
    var outcome = sender().send(moreThanABlockHolds, "refused", LONG);
    var next = sender().send(pay(1), "next", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.findByPurpose("refused").orElseThrow().outcome().orElseThrow())
        .isInstanceOf(Outcome.Cancelled.class);
    assertThat(next).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aKeyThatIsUsedElsewhereTooOnlyCostsAnotherNonce() {
    // Given
    var sender = sender();
    sender.send(pay(1), "first", LONG);
    var elsewhere =
        new TransactionSender(rpc, Anvil.CHAIN, key, new InMemorySendLog(), policy, watch);
    elsewhere.send(pay(1), "elsewhere", LONG);

    // When
    var outcome = sender.send(pay(1), "second", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(log.find(key.address(), 1).orElseThrow().outcome())
        .contains(new Outcome.Displaced());
    assertThat(log.findByPurpose("second").orElseThrow().nonce()).isEqualTo(2);
  }

  @Test
  void aNodeThatFailsNowAndThenOnlyDelaysTheAnswer() throws Exception {
    // Given
    var sender = sender();
    sender.send(pay(1), "warm", LONG);
    proxy.spoil("eth_getTransactionReceipt", 3, Fault.GARBAGE);
    proxy.spoil("eth_sendRawTransaction", 5, Fault.STATUS_500);
    proxy.spoil("eth_getTransactionReceipt", 3, Fault.LOSE_THE_REPLY);

    // When
    var outcomes = atOnce(10, i -> sender.send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(rpc.nonce(key.address())).isEqualTo(11);
  }

  private TransactionSender sender() {
    return new TransactionSender(rpc, Anvil.CHAIN, key, log, policy, watch);
  }

  private static TransactionRequest pay(long wei) {
    return new TransactionRequest(
        PAYEE, BigInteger.valueOf(wei), Bytes.EMPTY, OptionalLong.empty());
  }

  /** What a crash between commit and broadcast leaves behind. */
  private Sent signedOnly(String purpose, long nonce) {
    var fees = Fees.at(rpc.gasPrice(), policy).orElseThrow();
    return log.append(
        key.address(),
        nonce,
        purpose,
        free ->
            new FeeMarketTransaction(
                    Anvil.CHAIN, free, fees, 21_000, PAYEE, BigInteger.ONE, Bytes.EMPTY)
                .sign(key));
  }

  private CompletableFuture<SendOutcome> sendInBackground(
      TransactionRequest request, String purpose) {
    var result = new CompletableFuture<SendOutcome>();
    var sender = sender();
    Thread.ofVirtual().start(() -> result.complete(sender.send(request, purpose, LONG)));
    return result;
  }

  private TxHash waitForBroadcast(String purpose) {
    return await()
        .until(
            () -> log.findByPurpose(purpose).map(sent -> sent.latest().hash()),
            hash -> hash.isPresent() && rpc.transaction(hash.get()).isPresent())
        .orElseThrow();
  }

  private int variantsOf(String purpose) {
    return log.findByPurpose(purpose).map(sent -> sent.variants().size()).orElse(0);
  }

  private void mineOnce(int waiting) {
    await().until(() -> rpc.pendingNonce(key.address()) == waiting);
    anvil.mine();
  }

  private List<Long> noncesOf(int purposes) {
    return IntStream.range(0, purposes)
        .mapToObj(i -> log.findByPurpose("p" + i).orElseThrow().nonce())
        .toList();
  }

  private static List<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static long percent(BigInteger part, BigInteger whole) {
    return part.multiply(BigInteger.valueOf(100)).divide(whole).longValueExact();
  }

  private static <T> List<T> atOnce(int times, java.util.function.IntFunction<T> action)
      throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks = IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> action.apply(i));
      var results = new ArrayList<T>();
      for (var each : threads.invokeAll(tasks.toList())) {
        results.add(each.get());
      }
      return results;
    }
  }
}
