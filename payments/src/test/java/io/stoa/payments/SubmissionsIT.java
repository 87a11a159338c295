package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.testkit.TestChain;
import io.stoa.x402.exact.TransferAuthorization;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmissionsIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PRICE = 1000;

  /** Says yes to every signature (ERC-1271). */
  private static final String EASY_WALLET = "0x7f1626ba7e" + "0".repeat(56) + "60005260206000f3";

  private final FaultyRpc node = FaultyRpc.before(CHAIN.endpoint());
  private final Rpc rpc = Rpc.connect(RpcSettings.of(node.endpoint()));
  private final ReceiptWatch watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
  private final SigningKey payer = CHAIN.account();
  private final InMemorySendLog log = new InMemorySendLog();
  private final Submissions submissions =
      new Submissions(
          rpc, new TransactionSender(rpc, TestChain.ID, payer, log, SendPolicy.standard(), watch));

  private record Waiting(Thread thread, CompletableFuture<Optional<Receipt>> receipt) {}

  @AfterEach
  void close() {
    node.heal();
    watch.close();
    rpc.close();
    node.close();
  }

  @Test
  void thoseThatComeWhileOthersAreSentShareATransaction() {
    // Given
    var transfers = transfers(5);

    // When
    var receipts = behindAnother(transfers);

    // Then
    assertThat(receipts.stream().map(receipt -> receipt.orElseThrow().transaction()).distinct())
        .hasSize(1);
    for (int i = 0; i < transfers.size(); i++) {
      assertThat(Evidence.proves(receipts.get(i).orElseThrow(), transfers.get(i))).isTrue();
      assertThat(log.findByPurpose(transfers.get(i).key().id().toString())).isPresent();
    }
  }

  @Test
  void whoWouldFailIsLeftOutAndTheOthersStayTogether() {
    // Given
    var poor = sign(CHAIN.buyer(PRICE - 1));
    var others = transfers(3);

    // When
    var receipts = behindAnother(Stream.concat(Stream.of(poor), others.stream()).toList());

    // Then
    assertThat(receipts.getFirst()).isEmpty();
    assertThat(log.findByPurpose(poor.key().id().toString())).isEmpty();
    assertThat(receipts.stream().skip(1).map(receipt -> receipt.orElseThrow().transaction()))
        .hasSize(3)
        .containsOnly(receipts.getLast().orElseThrow().transaction());
  }

  @Test
  void aPayerWithCodeSharesWithNobody() {
    // Given
    var wallet = CHAIN.buyer(PRICE);
    CHAIN.ask("anvil_setCode", wallet.address().toString(), EASY_WALLET);
    var ofWallet = sign(wallet);
    var others = transfers(2);

    // When
    var receipts = behindAnother(Stream.concat(Stream.of(ofWallet), others.stream()).toList());

    // Then
    var alone = receipts.getFirst().orElseThrow();
    var shared = receipts.getLast().orElseThrow();
    assertThat(Evidence.proves(alone, ofWallet)).isTrue();
    assertThat(Evidence.proves(shared, others.getFirst())).isTrue();
    assertThat(Evidence.proves(shared, others.getLast())).isTrue();
    assertThat(alone.transaction()).isNotEqualTo(shared.transaction());
  }

  /** Submits them all while the node does not say whether it has a transaction before them. */
  private List<Optional<Receipt>> behindAnother(List<SignedTransfer> transfers) {
    node.spoil("eth_sendRawTransaction", 1, new Fault.HoldTheReply());
    var first = submit(sign(CHAIN.buyer(PRICE)));
    await().until(() -> node.requests("eth_sendRawTransaction") == 1);
    var waiting = transfers.stream().map(this::submit).toList();
    await()
        .until(
            () ->
                waiting.stream()
                    .allMatch(each -> each.thread.getState() == Thread.State.TIMED_WAITING));
    node.heal();
    assertThat(first.receipt.join()).isPresent();
    return waiting.stream().map(each -> each.receipt.join()).toList();
  }

  private Waiting submit(SignedTransfer transfer) {
    var receipt = new CompletableFuture<Optional<Receipt>>();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    receipt.complete(submissions.submit(transfer.key().id(), transfer, PATIENCE));
                  } catch (RuntimeException failure) {
                    receipt.completeExceptionally(failure);
                  }
                });
    return new Waiting(thread, receipt);
  }

  private static List<SignedTransfer> transfers(int count) {
    return IntStream.range(0, count).mapToObj(i -> sign(CHAIN.buyer(PRICE))).toList();
  }

  private static SignedTransfer sign(SigningKey buyer) {
    var nonce = new byte[32];
    ThreadLocalRandom.current().nextBytes(nonce);
    return new TransferAuthorization(
            TokenAmount.of(CHAIN.dollar(), PRICE),
            Shop.SELLER,
            BigInteger.ZERO,
            BigInteger.valueOf(Instant.now().plusSeconds(3600).getEpochSecond()),
            Bytes32.of(nonce))
        .signedBy(buyer, CHAIN.dollarDomain());
  }
}
