package io.stoa.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.chain.testing.InMemorySendLog;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.persistence.till.CallName;
import io.stoa.persistence.till.Decision;
import io.stoa.persistence.till.Till;
import io.stoa.testkit.InMemoryTill;
import io.stoa.x402.ChainReads;
import io.stoa.x402.ContractSignatures;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.Permit2Reads;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.PermitAuthorization;
import io.stoa.x402.signature.Signers;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a presented payment opens. What becomes of it on the chain is in {@link SettlementIT}. */
class CashierTest {
  private static final SigningKey BUYER = SigningKey.of(Bytes32.of(BigInteger.valueOf(5)));
  private static final SigningKey SENDER = SigningKey.of(Bytes32.of(BigInteger.valueOf(6)));
  private static final Address SELLER = Address.parse("0x2000000000000000000000000000000000004020");
  private static final Asset DOLLAR =
      new Asset(new ChainId(31337), Address.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
  private static final TokenDomain DOMAIN = TokenDomain.of(DOLLAR, "USD Coin", "2");
  private static final Permit2Domain PERMIT2 = Permit2Domain.of(DOLLAR.chain());
  private static final long PRICE = 1000;
  private static final long HEAD = 500;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final SecretKeySpec VAULT_KEY = new SecretKeySpec(new byte[32], "AES");
  private static final Answer ANSWER =
      new Answer(200, List.of(), Bytes.of("answer".getBytes(UTF_8)), Instant.EPOCH);
  private static final Settlement SETTLEMENT =
      new Settlement(new TxHash(word(1)), new BlockRef(HEAD + 1, word(2)));

  /** No chain stands behind it: nothing here gets as far. */
  private final Rpc rpc = Rpc.connect(RpcSettings.of(URI.create("http://127.0.0.1:1")));

  private final ReceiptWatch watch = new ReceiptWatch(rpc, MINUTE);
  private final Till till = new InMemoryTill(Clock.systemUTC());
  private final Deque<ChainReads.Eip3009State> heads = new ArrayDeque<>();
  private final Deque<Permit2Reads.Permit2State> permitHeads = new ArrayDeque<>();
  private final Cashier cashier = cashier(_ -> List.of(heads.removeFirst()));

  @AfterEach
  void close() {
    watch.close();
    rpc.close();
  }

  @Test
  void aSoundPaymentOpensTheDoorOnce() {
    // Given
    reads(PRICE, HEAD);
    var presented = presented(sign(PRICE), "question");

    // When
    var admission = cashier.admit(presented, soon());

    // Then
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    var payment = till.find(presented.signed().key().id()).orElseThrow();
    assertThat(payment.state()).isEqualTo(new PaymentState.Verified());
    assertThat(payment.searchFrom()).isEqualTo(HEAD - 20);
  }

  @Test
  void theSearchForASettlementStartsAtTheFirstBlockOfAYoungChain() {
    // Given
    reads(PRICE, 7);

    // When
    var admitted = (Admission.Admitted) cashier.admit(presented(sign(PRICE), "question"), soon());

    // Then
    assertThat(admitted.payment().searchFrom()).isZero();
  }

  @Test
  void whatDoesNotHoldIsRefusedBeforeTheChainIsAsked() {
    // Given
    var unmatched =
        new Presented(
            sign(PRICE), Optional.empty(), request("question"), Optional.<Presented.Match>empty());
    var underpaid = presented(sign(PRICE - 1), "question", PRICE);

    // Then
    assertThat(cashier.admit(unmatched, soon()))
        .isEqualTo(new Admission.Refused("invalid_payment_requirements"));
    assertThat(cashier.admit(underpaid, soon()))
        .isEqualTo(new Admission.Refused("invalid_exact_evm_payload_authorization_value_mismatch"));
  }

  @Test
  void rule31APayerWithoutBalanceIsRefused() {
    // Given
    reads(PRICE - 1, HEAD);

    // When
    var admission = cashier.admit(presented(sign(PRICE), "question"), soon());

    // Then
    assertThat(admission)
        .isEqualTo(new Admission.Refused("invalid_exact_evm_insufficient_balance"));
    assertThat(till.undecided()).isZero();
  }

  @Test
  void aBalanceThatIsHeldByAnotherPaymentIsNoBalance() {
    // Given
    reads(PRICE, HEAD);
    reads(PRICE, HEAD);
    cashier.admit(presented(sign(PRICE), "question"), soon());

    // When
    var admission = cashier.admit(presented(sign(PRICE), "question"), soon());

    // Then
    assertThat(admission)
        .isEqualTo(new Admission.Refused("invalid_exact_evm_insufficient_balance"));
  }

  @Test
  void aBalanceOlderThanTheLastDecisionIsReadAgain() {
    // Given
    settled(presented(sign(PRICE), "before"));
    reads(PRICE, HEAD);
    reads(PRICE, HEAD + 1);

    // When
    var admission = cashier.admit(presented(sign(PRICE), "question"), soon());

    // Then
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    assertThat(heads).isEmpty();
  }

  @Test
  void aNonceThatIsUsedOnTheChainAndUnknownHereIsRefused() {
    // Given
    heads.add(state(PRICE, HEAD, true));

    // When
    var admission = cashier.admit(presented(sign(PRICE), "question"), soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("invalid_exact_evm_nonce_already_used"));
  }

  @Test
  void aFourthAttemptIsRefused() {
    // Given
    var presented = presented(sign(PRICE), "question");
    for (int attempt = 1; attempt <= Payment.MAX_ATTEMPTS; attempt++) {
      cashier.release(admitted(presented).ticket());
    }
    reads(PRICE, HEAD);

    // When
    var admission = cashier.admit(presented, soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("payment_attempts_exhausted"));
  }

  @Test
  void aCopyOfASettledPaymentGetsTheAnswerThatWasKept() {
    // Given
    var presented = presented(sign(PRICE), "question");
    settled(presented);
    heads.add(state(0, HEAD + 1, true));

    // When
    var admission = cashier.admit(presented, soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Delivered(found(presented), SETTLEMENT, ANSWER));
  }

  @Test
  void aCopyGetsItsAnswerThoughTheOfferIsGone() {
    // Given
    var presented = presented(sign(PRICE), "question");
    settled(presented);

    // When
    var admission =
        cashier.admit(
            new Presented(
                presented.signed(), Optional.empty(), presented.request(), Optional.empty()),
            soon());

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void rule66ANameProvesACopyThatHasNoBody() {
    // Given
    var named = named(presented(sign(PRICE), ""), word(5));
    var stranger = presented((SignedTransfer) named.signed(), "");
    settled(named);
    heads.add(state(0, HEAD + 1, true));
    heads.add(state(0, HEAD + 1, true));

    // When
    var copy = cashier.admit(named, soon());
    var rebuilt = cashier.admit(stranger, soon());

    // Then
    assertThat(copy).isInstanceOf(Admission.Delivered.class);
    assertThat(rebuilt).isInstanceOf(Admission.UsedElsewhere.class);
  }

  @Test
  void rule66ANameThatStandsForSomethingElseIsRefusedBeforeAnythingIsVerified() {
    // Given
    settled(named(presented(sign(PRICE), "question"), word(5)));

    // When
    var other = cashier.admit(named(presented(sign(PRICE), "question"), word(6)), soon());

    // Then
    assertThat(other).isEqualTo(new Admission.NameTaken());
    assertThat(heads).isEmpty();
  }

  @Test
  void rule66OfTwoPaymentsThatTakeOneNameAtOnceOneIsServed() {
    // Given
    reads(2 * PRICE, HEAD);
    var first = named(presented(sign(PRICE), "question"), word(5));
    var second = named(presented(sign(PRICE), "question"), word(6));
    var meanwhile = new ArrayList<Admission>();
    var slow =
        cashier(
            _ -> {
              meanwhile.add(cashier.admit(first, soon()));
              return List.of(state(2 * PRICE, HEAD, false));
            });

    // When
    var admission = slow.admit(second, soon());

    // Then
    assertThat(meanwhile).hasOnlyElementsOfType(Admission.Admitted.class);
    assertThat(admission).isEqualTo(new Admission.NameTaken());
    assertThat(found(second).state()).isEqualTo(new PaymentState.Released());
  }

  @Test
  void aCopyOfAVoidPaymentIsToldWhy() {
    // Given
    var presented = presented(sign(PRICE), "question");
    var payment = answered(presented);
    till.voidFor(payment, "authorization_cancelled", SETTLEMENT.block());
    till.confirm(List.of(new Decision(payment, SETTLEMENT.block())));
    heads.add(state(PRICE, HEAD + 1, true));

    // When
    var admission = cashier.admit(presented, soon());

    // Then
    assertThat(admission)
        .isEqualTo(new Admission.Voided(found(presented), "authorization_cancelled"));
  }

  @Test
  void whatAReorganisationMayStillSettleIsNotCalledVoid() {
    // Given
    var presented = presented(sign(PRICE), "question");
    till.voidFor(answered(presented), "authorization_cancelled", SETTLEMENT.block());
    heads.add(state(PRICE, HEAD + 1, true));

    // When
    var admission = cashier.admit(presented, Instant.now().minusSeconds(1));

    // Then
    assertThat(admission).isEqualTo(new Admission.Undecided(presented.signed().key().id()));
  }

  @Test
  void aCopyWaitsForTheOutcomeOfTheFirst() {
    // Given
    var presented = presented(sign(PRICE), "question");
    var payment = answered(presented);
    reads(PRICE, HEAD);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copy = CompletableFuture.supplyAsync(() -> cashier.admit(presented, soon()), threads);

      // When
      till.settle(payment, SETTLEMENT, Optional.of("receipt"));

      // Then
      assertThat(copy.join()).isInstanceOf(Admission.Delivered.class);
    }
  }

  @Test
  void aCopyWhoseFirstWasNotServedIsServedInItsPlace() {
    // Given
    var presented = presented(sign(PRICE), "question");
    var first = admitted(presented);
    reads(PRICE, HEAD);
    reads(PRICE, HEAD);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copy = CompletableFuture.supplyAsync(() -> cashier.admit(presented, soon()), threads);

      // When
      cashier.release(first.ticket());

      // Then
      assertThat(copy.join()).isInstanceOf(Admission.Admitted.class);
    }
  }

  @Test
  void aCopyThatWaitedLongEnoughIsToldThatNothingIsDecided() {
    // Given
    var presented = presented(sign(PRICE), "question");
    admitted(presented);
    reads(PRICE, HEAD);

    // When
    var admission = cashier.admit(presented, Instant.now().minusSeconds(1));

    // Then
    assertThat(admission).isEqualTo(new Admission.Undecided(presented.signed().key().id()));
  }

  @Test
  void rule44AMeteredPriceIsUnknownUntilThereIsAnAnswer() {
    // Given
    permits(PRICE, PRICE, HEAD);
    var presented = presented(upto(PRICE), "question");

    // When
    var admitted = (Admission.Admitted) cashier.admit(presented, soon());

    // Then
    assertThat(admitted.payment().charged()).isEmpty();
    assertThat(found(presented).charged()).isEmpty();
  }

  @Test
  void rule44APriceAboveTheCeilingIsAFaultForWhichNothingIsOwed() {
    // Given
    permits(PRICE, PRICE, HEAD);
    var presented = presented(upto(PRICE), "question");
    var admitted = (Admission.Admitted) cashier.admit(presented, soon());

    // When
    assertThatThrownBy(
            () ->
                cashier.deliver(
                    admitted, ANSWER, BigInteger.valueOf(PRICE + 1), Usage.NOTHING, soon()))
        .isInstanceOf(IllegalArgumentException.class);

    // Then
    assertThat(found(presented).state()).isEqualTo(new PaymentState.Released());
  }

  @Test
  void rule45WhatCostsNothingIsGivenToItsCopiesToo() {
    // Given
    permits(PRICE, PRICE, HEAD);
    permits(PRICE, PRICE, HEAD);
    var presented = presented(upto(PRICE), "question");
    var admitted = (Admission.Admitted) cashier.admit(presented, soon());

    // When
    var first = cashier.deliver(admitted, ANSWER, BigInteger.ZERO, Usage.NOTHING, soon());
    var copy = cashier.admit(presented, soon());

    // Then
    assertThat(first).isInstanceOf(Admission.DeliveredFree.class);
    assertThat(copy).isEqualTo(new Admission.DeliveredFree(found(presented), ANSWER));
  }

  @Test
  void rule45AnAnswerThatCannotBeKeptIsNotGivenAway() {
    // Given
    permits(PRICE, PRICE, HEAD);
    var presented = presented(upto(PRICE), "question");
    var admitted = (Admission.Admitted) cashier.admit(presented, soon());
    cashier.release(admitted.ticket());

    // When
    var outcome = cashier.deliver(admitted, ANSWER, BigInteger.ZERO, Usage.NOTHING, soon());

    // Then
    assertThat(outcome).isEqualTo(new Admission.Undecided(presented.signed().key().id()));
    assertThat(till.answer(presented.signed().key().id())).isEmpty();
  }

  @Test
  void rule47AMissingAllowanceIsSaidAsSuch() {
    // Given
    permits(PRICE, PRICE - 1, HEAD);
    permits(PRICE - 1, PRICE - 1, HEAD);

    // When
    var unapproved = cashier.admit(presented(upto(PRICE), "question"), soon());
    var poor = cashier.admit(presented(upto(PRICE), "question"), soon());

    // Then
    assertThat(unapproved).isEqualTo(new Admission.AllowanceRequired());
    assertThat(poor).isEqualTo(new Admission.Refused("permit2_insufficient_balance"));
    assertThat(till.undecided()).isZero();
  }

  @Test
  void rule47AnAllowanceThatIsHeldByAnotherPaymentIsNoAllowance() {
    // Given
    permits(2 * PRICE, PRICE, HEAD);
    permits(2 * PRICE, PRICE, HEAD);
    cashier.admit(presented(upto(PRICE), "question"), soon());

    // When
    var admission = cashier.admit(presented(upto(PRICE), "question"), soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.AllowanceRequired());
  }

  @Test
  void aBalanceIsHeldByThePaymentsOfAllMethods() {
    // Given
    reads(PRICE, HEAD);
    permits(PRICE, PRICE, HEAD);
    cashier.admit(presented(sign(PRICE), "question"), soon());

    // When
    var admission = cashier.admit(presented(upto(PRICE), "question"), soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("permit2_insufficient_balance"));
  }

  @Test
  void rule46AnOptionThatAdvertisesAStrangerIsRefusedBeforeTheChainIsAsked() {
    // Given
    var stranger = Address.parse("0x" + "5a".repeat(20));

    // When
    var admission = cashier.admit(presented(upto(PRICE, stranger, 600), "question"), soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("upto_facilitator_mismatch"));
  }

  @Test
  void aPermitThatLivesLongerThanTheOptionAllowsIsRefusedBeforeTheChainIsAsked() {
    // When
    var admission =
        cashier.admit(presented(upto(PRICE, SENDER.address(), 3_700), "question"), soon());

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("permit2_deadline_too_late"));
  }

  @Test
  void aPayerThatIsAContractIsServedOnlyIfItsPaymentWouldGoThroughNow() {
    // Given
    heads.add(
        new ChainReads.Eip3009State(
            new BlockRef(HEAD, word(HEAD)), true, true, BigInteger.valueOf(PRICE), false));
    var trusting = cashier(_ -> List.of(heads.removeFirst()), (_, _) -> true);

    // When
    assertThatThrownBy(() -> trusting.admit(presented(sign(PRICE), "question"), soon()))
        .as("no chain to try it on")
        .isInstanceOf(MarketException.Unavailable.class);

    // Then
    assertThat(till.undecided()).isZero();
  }

  @Test
  void aChainThatDoesNotAnswerIsAnOutage() {
    // Given
    var blind = cashier(new RpcChainReads(rpc));
    var presented = presented(sign(PRICE), "question");

    // When
    assertThatThrownBy(() -> blind.admit(presented, soon()))
        .isInstanceOf(MarketException.Unavailable.class);

    // Then
    assertThat(till.find(presented.signed().key().id())).isEmpty();
  }

  private Cashier cashier(ChainReads reads) {
    return cashier(reads, (_, _) -> false);
  }

  private Cashier cashier(ChainReads reads, ContractSignatures contracts) {
    Permit2Reads permits = _ -> permitHeads.removeFirst();
    var outcomes = new Outcomes();
    var sends = new InMemorySendLog();
    var clock = Clock.systemUTC();
    var sender =
        new TransactionSender(rpc, DOLLAR.chain(), SENDER, sends, SendPolicy.standard(), watch);
    var submissions = new Submissions(rpc, List.of(sender), Set.of());
    var settler =
        new Settler(
            till,
            new Submitter(rpc, submissions),
            sends,
            new Evidence(rpc, reads, permits, new Finality.Depth(0)),
            new Receipts(clock),
            outcomes,
            clock);
    var terms = new Cashier.Terms(MINUTE, MINUTE, MINUTE, MINUTE, 20);
    var signers = new Signers(contracts, Set.of());
    var verifier = new Verifier(reads, permits, signers, signers, submissions, PERMIT2, clock);
    return new Cashier(
        till,
        new Intake(till, verifier, terms.work(), terms.reorgDepth(), clock),
        new Copies(till, outcomes, clock),
        settler,
        new AnswerVault(VAULT_KEY),
        new Receipts(clock),
        outcomes,
        terms);
  }

  private void reads(long balance, long block) {
    heads.add(state(balance, block, false));
  }

  private void permits(long balance, long allowance, long block) {
    permitHeads.add(
        new Permit2Reads.Permit2State(
            new BlockRef(block, word(block)),
            true,
            false,
            true,
            BigInteger.valueOf(balance),
            BigInteger.valueOf(allowance),
            false));
  }

  private static ChainReads.Eip3009State state(long balance, long block, boolean isNonceUsed) {
    return new ChainReads.Eip3009State(
        new BlockRef(block, word(block)), true, false, BigInteger.valueOf(balance), isNonceUsed);
  }

  private Admission.Admitted admitted(Presented presented) {
    reads(PRICE, HEAD);
    return (Admission.Admitted) cashier.admit(presented, soon());
  }

  private Payment answered(Presented presented) {
    var admitted = admitted(presented);
    var id = admitted.payment().id();
    till.keepAnswer(
        admitted.ticket(),
        new AnswerVault(VAULT_KEY).seal(id, ANSWER),
        new Delivery(ANSWER.bodySha256(), Usage.NOTHING),
        BigInteger.valueOf(PRICE),
        MINUTE,
        MINUTE);
    return found(presented);
  }

  private void settled(Presented presented) {
    till.settle(answered(presented), SETTLEMENT, Optional.of("receipt"));
  }

  private Payment found(Presented presented) {
    return till.find(presented.signed().key().id()).orElseThrow();
  }

  private static SignedTransfer sign(long units) {
    return new TransferAuthorization(
            TokenAmount.of(DOLLAR, units),
            SELLER,
            BigInteger.ZERO,
            BigInteger.valueOf(Instant.now().getEpochSecond() + 600),
            random())
        .signedBy(BUYER, DOMAIN);
  }

  private static SignedPermit upto(long ceiling) {
    return upto(ceiling, SENDER.address(), 600);
  }

  private static SignedPermit upto(long ceiling, Address facilitator, long seconds) {
    return new PermitAuthorization(
            TokenAmount.of(DOLLAR, ceiling),
            random().toUnsigned(),
            BigInteger.valueOf(Instant.now().getEpochSecond() + seconds),
            new Witness.Upto(SELLER, facilitator, BigInteger.ZERO))
        .signedBy(BUYER, PERMIT2);
  }

  private static Presented presented(SignedPermit permit, String body) {
    var facilitator = ((Witness.Upto) permit.witness()).facilitator();
    return presented(
        permit,
        body,
        Permit2Payments.UPTO,
        permit.amount().units(),
        Permit2Payments.uptoExtra(DOMAIN, facilitator));
  }

  private static Presented presented(SignedTransfer transfer, String body) {
    return presented(transfer, body, transfer.amount().units().longValueExact());
  }

  private static Presented presented(SignedTransfer transfer, String body, long price) {
    return presented(
        transfer, body, ExactEip3009.SCHEME, BigInteger.valueOf(price), ExactEip3009.extra(DOMAIN));
  }

  private static Presented presented(
      SignedPayment signed, String body, String scheme, BigInteger price, ObjectNode extra) {
    var option =
        new PaymentRequirements(
            scheme, DOLLAR.chain(), price, DOLLAR.token(), SELLER, 3_600, extra);
    var purchase = new Purchase(new ListingId(1), word(3), word(4));
    return new Presented(
        signed,
        Optional.empty(),
        request(body),
        Optional.of(new Presented.Match(option, DOMAIN, purchase, Duration.ofSeconds(6))));
  }

  private static Presented named(Presented presented, Bytes32 binding) {
    var name =
        new CallName(
            presented.signed().payer(), new ListingId(1), new CallId("the-name-of-a-call"));
    return presented.named(new Presented.Name(name, binding));
  }

  private static RequestDigest request(String body) {
    return new RequestDigest("POST", "/x/stoa/demo", Bytes32.sha256(body.getBytes(UTF_8)));
  }

  private static Instant soon() {
    return Instant.now().plusSeconds(5);
  }

  private static Bytes32 random() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  private static Bytes32 word(long value) {
    return Bytes32.of(BigInteger.valueOf(value));
  }
}
