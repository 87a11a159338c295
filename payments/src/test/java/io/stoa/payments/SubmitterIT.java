package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.testkit.TestChain;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmitterIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PRICE = 1000;

  /** Says yes to every signature (ERC-1271). */
  private static final String EASY_WALLET = "0x7f1626ba7e" + "0".repeat(56) + "60005260206000f3";

  private static final Set<Thread.State> STOPPED =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final FaultyRpc node = FaultyRpc.before(CHAIN.endpoint());
  private final Rpc rpc = Rpc.connect(RpcSettings.of(node.endpoint()));
  private final ReceiptWatch watch = new ReceiptWatch(rpc, Duration.ofMillis(50));
  private final InMemorySendLog log = new InMemorySendLog();
  private final TransactionSender sender =
      new TransactionSender(rpc, TestChain.ID, CHAIN.account(), log, SendPolicy.standard(), watch);
  private final Submitter submitter =
      new Submitter(rpc, new Submissions(rpc, List.of(sender), Set.of()));

  private record Waiting(Thread thread, CompletableFuture<Optional<Submitter.Mined>> end) {
    boolean hasComeToAStop() {
      return end.isDone() || STOPPED.contains(thread.getState());
    }
  }

  @AfterEach
  void close() {
    node.heal();
    CHAIN.setAutomine(true);
    watch.close();
    rpc.close();
    node.close();
  }

  @Test
  void thoseThatComeWhileOthersAreSentShareATransaction() {
    // Given
    var payments = payments(5);

    // When
    var ends = behindAnother(payments);

    // Then
    assertThat(ends.stream().map(SubmitterIT::transaction).distinct()).hasSize(1);
    for (int i = 0; i < payments.size(); i++) {
      assertThat(isProved(ends.get(i), payments.get(i))).isTrue();
      assertThat(log.findByPurpose(payments.get(i).id().toString())).isPresent();
    }
  }

  @Test
  void nobodyWaitsForASlowBlock() {
    // Given
    var payments = payments(2);
    CHAIN.setAutomine(false);
    var first = submit(payments.getFirst());
    await().until(() -> node.requests("eth_sendRawTransaction") == 1);

    // When
    var second = submit(payments.getLast());
    await().until(() -> node.requests("eth_sendRawTransaction") == 2);

    // Then
    assertThat(first.end).isNotDone();
    CHAIN.mine(1);
    assertThat(first.end.join()).isPresent();
    assertThat(second.end.join()).isPresent();
  }

  @Test
  void whoWouldFailIsLeftOutAndTheOthersStayTogether() {
    // Given
    var poor = payment(sign(CHAIN.buyer(PRICE - 1)));
    var others = payments(3);

    // When
    var ends = behindAnother(Stream.concat(Stream.of(poor), others.stream()).toList());

    // Then
    assertThat(ends.getFirst()).isEmpty();
    assertThat(log.findByPurpose(poor.id().toString())).isEmpty();
    assertThat(ends.stream().skip(1).map(SubmitterIT::transaction))
        .hasSize(3)
        .containsOnly(transaction(ends.getLast()));
  }

  @Test
  void aPayerWithCodeSharesWithNobody() {
    // Given
    var wallet = CHAIN.buyer(PRICE);
    CHAIN.ask("anvil_setCode", wallet.address().toString(), EASY_WALLET);

    // When
    sharesWithNobody(payment(sign(wallet)));
  }

  @Test
  void aPermitSharesWithNobody() {
    // Given
    var buyer = approving();

    // When
    sharesWithNobody(payment(permit(buyer, new Witness.Exact(Shop.SELLER, BigInteger.ZERO))));
  }

  @Test
  void aPermitUnderACeilingSharesWithNobody() {
    // Given
    var buyer = approving();
    var ours = new Witness.Upto(Shop.SELLER, sender.account(), BigInteger.ZERO);

    // When
    sharesWithNobody(payment(permit(buyer, ours)));
  }

  private void sharesWithNobody(Payment single) {
    // Given
    var others = payments(2);

    // When
    var ends = behindAnother(Stream.concat(Stream.of(single), others.stream()).toList());

    // Then
    assertThat(isProved(ends.getFirst(), single)).isTrue();
    assertThat(isProved(ends.get(1), others.getFirst())).isTrue();
    assertThat(isProved(ends.get(2), others.getLast())).isTrue();
    assertThat(transaction(ends.get(1))).isEqualTo(transaction(ends.get(2)));
    assertThat(transaction(ends.getFirst())).isNotEqualTo(transaction(ends.get(1)));
  }

  /** Submits them all while the node does not say whether it has a transaction before them. */
  private List<Optional<Submitter.Mined>> behindAnother(List<Payment> payments) {
    node.spoil("eth_sendRawTransaction", 1, new Fault.HoldTheReply());
    var first = submit(payment(sign(CHAIN.buyer(PRICE))));
    await().until(() -> node.requests("eth_sendRawTransaction") == 1);
    var waiting = payments.stream().map(this::submit).toList();
    await().until(() -> waiting.stream().allMatch(Waiting::hasComeToAStop));
    node.heal();
    assertThat(first.end.join()).isPresent();
    return waiting.stream().map(each -> each.end.join()).toList();
  }

  private Waiting submit(Payment payment) {
    var end = new CompletableFuture<Optional<Submitter.Mined>>();
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    end.complete(submitter.submit(payment, PATIENCE));
                  } catch (RuntimeException failure) {
                    end.completeExceptionally(failure);
                  }
                });
    return new Waiting(thread, end);
  }

  private static boolean isProved(Optional<Submitter.Mined> end, Payment payment) {
    var mined = end.orElseThrow();
    return Evidence.proves(mined.receipt(), mined.request(), payment);
  }

  private static TxHash transaction(Optional<Submitter.Mined> end) {
    return end.orElseThrow().settlement().transaction();
  }

  private static List<Payment> payments(int count) {
    return IntStream.range(0, count).mapToObj(i -> payment(sign(CHAIN.buyer(PRICE)))).toList();
  }

  private static Payment payment(SignedPayment signed) {
    return new Payment(
        signed,
        Optional.empty(),
        Optional.of(signed.amount()),
        new Occasion.Errand(),
        new PaymentState.Settling(),
        1,
        0,
        Instant.now());
  }

  private static SignedPayment sign(SigningKey buyer) {
    return new TransferAuthorization(
            TokenAmount.of(CHAIN.dollar(), PRICE), Shop.SELLER, BigInteger.ZERO, inAnHour(), word())
        .signedBy(buyer, CHAIN.dollarDomain());
  }

  /** Has what it needs, and lets Permit2 move it. */
  private static SigningKey approving() {
    var buyer = CHAIN.account();
    CHAIN.mint(buyer.address(), PRICE);
    new BuyerMoves(CHAIN).approve(buyer, PRICE);
    return buyer;
  }

  private static SignedPayment permit(SigningKey buyer, Witness witness) {
    return new PermitAuthorization(
            TokenAmount.of(CHAIN.dollar(), PRICE), word().toUnsigned(), inAnHour(), witness)
        .signedBy(buyer, Shop.PERMIT2);
  }

  private static BigInteger inAnHour() {
    return BigInteger.valueOf(Instant.now().plusSeconds(3600).getEpochSecond());
  }

  private static Bytes32 word() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
