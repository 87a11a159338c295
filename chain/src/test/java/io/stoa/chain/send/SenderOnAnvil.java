package io.stoa.chain.send;

import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.testing.FaultyRpc;
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
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A fresh key, a log of its own, and a node behind a proxy that can spoil things. */
abstract class SenderOnAnvil {
  static final BigInteger ETHER = BigInteger.TEN.pow(18);
  static final Duration LONG = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofMillis(300);
  static final Address PAYEE = Address.parse("0x" + "7".repeat(40));
  static final AtomicLong SEEDS = new AtomicLong(1000);

  /** Anvil's code for a contract that reverts whatever it is asked. */
  static final Bytes ALWAYS_REVERTS = Bytes.parse("0x60006000fd");

  static Anvil anvil;

  SigningKey key;
  FaultyRpc proxy;
  Rpc rpc;
  ReceiptWatch watch;
  final SendLog log = new InMemorySendLog();
  final SendPolicy policy =
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

  TransactionSender sender() {
    return new TransactionSender(rpc, Anvil.CHAIN, key, log, policy, watch);
  }

  static TransactionRequest pay(long wei) {
    return new TransactionRequest(
        PAYEE, BigInteger.valueOf(wei), Bytes.EMPTY, OptionalLong.empty());
  }

  /** What a crash between commit and broadcast leaves behind. */
  Sent signedOnly(String purpose, long nonce) {
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

  CompletableFuture<SendOutcome> sendInBackground(TransactionRequest request, String purpose) {
    var result = new CompletableFuture<SendOutcome>();
    var sender = sender();
    Thread.ofVirtual().start(() -> result.complete(sender.send(request, purpose, LONG)));
    return result;
  }

  TxHash waitForBroadcast(String purpose) {
    return await()
        .until(
            () -> log.findByPurpose(purpose).map(sent -> sent.latest().hash()),
            hash -> hash.isPresent() && rpc.transaction(hash.get()).isPresent())
        .orElseThrow();
  }

  int variantsOf(String purpose) {
    return log.findByPurpose(purpose).map(sent -> sent.variants().size()).orElse(0);
  }

  List<Long> noncesOf(int purposes) {
    return IntStream.range(0, purposes)
        .mapToObj(i -> log.findByPurpose("p" + i).orElseThrow().nonce())
        .toList();
  }

  static List<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  static long percent(BigInteger part, BigInteger whole) {
    return part.multiply(BigInteger.valueOf(100)).divide(whole).longValueExact();
  }

  static <T> List<T> atOnce(int times, IntFunction<T> action) throws Exception {
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
