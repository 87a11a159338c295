package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.chain.token.TokenCalls;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.payments.DepositDesk.Entry;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.Funds;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deposits that come with a call, on a real chain and a real till. */
class DepositDeskIT {
  private static final Address PAYEE = Address.parse("0x2000000000000000000000000000000000004020");
  private static final Address ELSEWHERE =
      Address.parse("0x000000000000000000000000000000000000dead");
  private static final Duration SHORT = Duration.ofMillis(700);

  /** Of a holder that died. */
  private static final Duration OVER = Duration.ofMillis(-1);

  private static final long AMOUNT = 1_000;
  private static final long MINTED = 10_000;

  private static TestChain chain;

  private final TestDatabase database = TestDatabase.fresh();
  private final List<ChannelShop> shops = new ArrayList<>();
  private SigningKey authorizer;
  private ChannelPayer payer;
  private ChannelShop.Setting setting;

  @BeforeAll
  static void start() {
    chain = TestChain.start();
  }

  @AfterAll
  static void stop() {
    chain.close();
  }

  @BeforeEach
  void openTheDoors() {
    authorizer = chain.account();
    payer = new ChannelPayer(chain, PAYEE, authorizer.address());
    setting = ChannelShop.Setting.of(chain, PAYEE, authorizer);
  }

  @AfterEach
  void closeTheDoors() {
    chain.setAutomine(true);
    shops.forEach(ChannelShop::close);
    database.close();
  }

  @Test
  void rule58AFirstCallBringsItsChannelAndIsServed() {
    // Given
    var shop = open(setting);

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT));
    shop.charge(opened(entry), PRICE);

    // Then
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
    assertThat(chain.dollarsOf(payer.key.address())).isEqualTo(MINTED - AMOUNT);
    assertThat(moves())
        .containsExactly("DEPOSIT 1000 " + deposited(entry).settlement().transaction());
    assertThat(held()).isZero();
    assertThat(shop.pay(payer, 2 * PRICE)).isInstanceOf(ChannelDesk.Entry.Open.class);
  }

  @Test
  void aTopUpAddsToWhatIsThere() {
    // Given
    var shop = open(setting);
    shop.charge(opened(shop.deposit(payer.sign(PRICE, PRICE))), PRICE);

    // When
    var entry = shop.deposit(payer.sign(2 * PRICE, AMOUNT));

    // Then
    opened(entry);
    assertThat(onChain().balance()).isEqualTo(AMOUNT + PRICE);
  }

  @Test
  void aDepositByPermit2WithAnApprovalOnTheWayIsTaken() {
    // Given
    var shop = open(setting);
    var visit =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT)));

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());
    var copy = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    opened(entry);
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
    assertThat(deposited(copy).settlement()).isEqualTo(deposited(entry).settlement());
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule47ADepositByPermit2WithoutAnApprovalSaysWhatIsMissing() {
    // Given
    var shop = open(setting);
    var visit = shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.empty());

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.PERMIT2_ALLOWANCE_REQUIRED));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void anApprovalOfAnotherAmountIsRefused() {
    // Given
    var shop = open(setting);
    var visit =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT + 1)));

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.EIP2612_AMOUNT_MISMATCH));
  }

  @Test
  void rules37And38CopiesAtTwoDesksSendOneTransactionAndOpenOneCall() throws Exception {
    // Given
    var desks = List.of(open(setting), open(setting));
    var deposit = payer.sign(PRICE, AMOUNT);

    // When
    var entries = atOnce(20, i -> desks.get(i % 2).deposit(deposit));

    // Then
    assertThat(entries).allMatch(Entry.Deposited.class::isInstance);
    assertThat(entries.stream().map(entry -> deposited(entry).call()))
        .filteredOn(ChannelDesk.Entry.Open.class::isInstance)
        .hasSize(1);
    assertThat(entries.stream().map(entry -> deposited(entry).settlement()).distinct()).hasSize(1);
    assertThat(desks.get(0).transactions() + desks.get(1).transactions()).isEqualTo(1);
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
  }

  @Test
  void rule37ACopyDoesNotSendWhatItsHolderIsAboutToSend() {
    // Given
    var deposit = payer.sign(PRICE, AMOUNT);
    var shop = open(setting.waitingFor(SHORT));
    begin(shop, deposit, Duration.ofMinutes(1));

    // When
    var copy = shop.deposit(deposit);

    // Then
    assertThat(copy).isEqualTo(new Entry.Undecided(deposit.key().id()));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule58ACopyOfAServedDepositGoesOnAsItsVoucher() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    shop.charge(opened(shop.deposit(deposit)), PRICE);

    // When
    var copy = deposited(open(setting).deposit(deposit));

    // Then
    assertThat(copy.call())
        .isInstanceOfSatisfying(
            ChannelDesk.Entry.Corrected.class,
            corrected ->
                assertThat(corrected.reason()).isEqualTo(BatchReason.CUMULATIVE_AMOUNT_MISMATCH));
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule42APendingDepositIsUndecidedAndNotSentAgain() {
    // Given
    var shop = open(setting.waitingFor(SHORT));
    var deposit = payer.sign(PRICE, AMOUNT);
    chain.setAutomine(false);
    var pending = shop.deposit(deposit);
    var heldMeanwhile = held();
    shop.round();
    var copy = shop.deposit(deposit);

    // When
    chain.setAutomine(true);
    chain.mine(1);
    shop.recoverSends();
    shop.round();

    // Then
    assertThat(pending).isEqualTo(new Entry.Undecided(deposit.key().id()));
    assertThat(copy).isEqualTo(new Entry.Undecided(deposit.key().id()));
    assertThat(heldMeanwhile).isEqualTo(AMOUNT);
    assertThat(state(shop, deposit)).isInstanceOf(Deposit.State.Mined.class);
    assertThat(held()).isZero();
    assertThat(shop.transactions()).isEqualTo(1);
    opened(shop.deposit(deposit));
  }

  @Test
  void rule40ACrashAfterTheBroadcastIsFinishedByAnotherInstance() {
    // Given
    var crashed = open(setting.waitingFor(SHORT));
    var deposit = payer.sign(PRICE, AMOUNT);
    chain.setAutomine(false);
    crashed.deposit(deposit);
    chain.setAutomine(true);
    chain.mine(1);
    var next = open(setting);

    // When
    next.round();

    // Then
    assertThat(state(next, deposit)).isInstanceOf(Deposit.State.Mined.class);
    assertThat(moves()).hasSize(1);
    opened(next.deposit(deposit));
    assertThat(next.transactions()).isZero();
  }

  @Test
  void rule40ACrashBeforeTheBroadcastIsCarriedOnWithByACopy() {
    // Given
    var deposit = payer.sign(PRICE, AMOUNT);
    var next = open(setting);
    begin(next, deposit, OVER);

    // When
    next.round();
    var entry = next.deposit(deposit);

    // Then
    opened(entry);
    assertThat(next.transactions()).isEqualTo(1);
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
  }

  @Test
  void aPayerThatDrainsItsWalletInBetweenPaysNothingAndCostsOneTransaction() throws Exception {
    try (var node = FaultyRpc.before(chain.endpoint())) {
      // Given
      var shop = open(setting.through(node.endpoint()));
      var deposit = payer.sign(PRICE, AMOUNT);

      // When
      var entry =
          meanwhile(
              node,
              () -> shop.deposit(deposit),
              () ->
                  chain.send(
                      payer.key,
                      chain.dollar().token(),
                      TokenCalls.transfer(ELSEWHERE, BigInteger.valueOf(MINTED))));
      shop.round();
      chain.mint(payer.key.address(), MINTED);
      var copy = shop.deposit(deposit);

      // Then
      assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.DEPOSIT_TRANSACTION_FAILED));
      assertThat(copy).isEqualTo(entry);
      assertThat(shop.transactions()).isEqualTo(1);
      assertThat(state(shop, deposit)).isEqualTo(new Deposit.State.Open());
      assertThat(onChain().balance()).isZero();
    }
  }

  @Test
  void aDepositThatAStrangerSentFirstCountsAllTheSame() throws Exception {
    try (var node = FaultyRpc.before(chain.endpoint())) {
      // Given
      var shop = open(setting.through(node.endpoint()));
      var deposit = payer.sign(PRICE, AMOUNT);
      var strangers = new CompletableFuture<Receipt>();

      // When
      var entry =
          meanwhile(
              node, () -> shop.deposit(deposit), () -> strangers.complete(payer.relay(deposit)));

      // Then
      opened(entry);
      assertThat(deposited(entry).settlement().transaction())
          .isEqualTo(strangers.get().transaction());
      assertThat(onChain().balance()).isEqualTo(AMOUNT);
    }
  }

  @Test
  void aDepositThatAStrangerSentLongBeforeCountsAllTheSame() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    var receipt = payer.relay(deposit);

    // When
    var entry = shop.deposit(deposit);

    // Then
    opened(entry);
    assertThat(deposited(entry).settlement().transaction()).isEqualTo(receipt.transaction());
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aDepositThatRanOutIsVoidOnceThatIsFinalAndHoldsNothing() {
    try (var later = TestChain.start()) {
      // Given
      var payer = new ChannelPayer(later, PAYEE, authorizer.address());
      var shop =
          open(
              new ChannelShop(
                  database, later, ChannelShop.Setting.of(later, PAYEE, authorizer).finalAfter(2)));
      var deposit = payer.sign(PRICE, AMOUNT);
      begin(shop, deposit, OVER);
      later.ask("evm_increaseTime", 3_600);
      later.mine(1);
      shop.round();
      var early = state(shop, deposit);

      // When
      later.mine(2);
      shop.round();

      // Then
      assertThat(early).isEqualTo(new Deposit.State.Open());
      assertThat(state(shop, deposit))
          .isInstanceOfSatisfying(
              Deposit.State.Voided.class,
              voided -> assertThat(voided.reason()).isEqualTo("authorization_expired"));
      assertThat(held()).isZero();
      assertThat(shop.deposit(deposit)).isEqualTo(new Entry.Refused("authorization_expired"));
    }
  }

  @Test
  void aReorganisationTakesADepositBackUntilItIsMinedAgain() {
    // Given
    var shop = open(setting.finalAfter(10));
    var deposit = payer.sign(PRICE, AMOUNT);
    shop.channels.vouchers().release(opened(shop.deposit(deposit)));

    // When
    chain.reorg(1);
    shop.round();
    var lost = state(shop, deposit);
    shop.recoverSends();
    shop.round();

    // Then
    assertThat(lost).isEqualTo(new Deposit.State.Open());
    assertThat(state(shop, deposit)).isInstanceOf(Deposit.State.Mined.class);
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
  }

  @Test
  void rule31APayerWithoutTheMoneyIsRefusedAndNothingIsSent() {
    // Given
    var shop = open(setting);

    // When
    var entry = shop.deposit(payer.sign(PRICE, MINTED + 1));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.INSUFFICIENT_BALANCE));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void whatUndecidedPaymentsHoldIsNotThereForADeposit() {
    // Given
    var shop = open(setting);
    shop.let(
        "insert into till.payer values ('\\x%s', 31337, '\\x%s', %d, 0)"
            .formatted(hex(payer.key.address()), hex(chain.dollar().token()), MINTED - AMOUNT + 1));

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.INSUFFICIENT_BALANCE));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNonceThatAPaymentHoldsIsNotThereForADeposit() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    var transfer = transferWithNonceOf(deposit);
    claim(shop, transfer, Optional.empty());

    // When
    var entry = shop.deposit(deposit);

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNonceThatADepositHoldsIsNotThereForAPayment() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    begin(shop, deposit, Duration.ofMinutes(1));

    // When
    var outcome = claim(shop, transferWithNonceOf(deposit), Optional.empty());

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Deposited());
  }

  @Test
  void anAllowanceThatADepositDrawsOnIsNotThereForAPayment() {
    // Given
    var shop = open(setting);
    begin(shop, payer.permit(PRICE, AMOUNT), Duration.ofMinutes(1));
    var permit =
        new PermitAuthorization(
                TokenAmount.of(chain.dollar(), 1),
                BigInteger.ONE,
                BigInteger.TWO.pow(40),
                new SignedPermit.Witness.Exact(PAYEE, BigInteger.ZERO))
            .signedBy(payer.key, Permit2Domain.of(TestChain.ID));

    // When
    var tooLittle = claim(shop, permit, Optional.of(BigInteger.valueOf(AMOUNT)));
    var enough = claim(shop, permit, Optional.of(BigInteger.valueOf(AMOUNT + 1)));

    // Then
    assertThat(tooLittle).isEqualTo(new Claim.Outcome.Unapproved());
    assertThat(enough).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  private SignedTransfer transferWithNonceOf(BatchPayload.Deposit deposit) {
    return new TransferAuthorization(
            TokenAmount.of(chain.dollar(), 1),
            PAYEE,
            BigInteger.ZERO,
            BigInteger.TWO.pow(40),
            ((PaymentKey.Eip3009) deposit.key()).nonce())
        .signedBy(payer.key, chain.dollarDomain());
  }

  private Claim.Outcome claim(
      ChannelShop shop, SignedPayment signed, Optional<BigInteger> allowance) {
    return new PostgresTill(shop.pool())
        .claim(
            new Claim(
                signed,
                Optional.empty(),
                new Occasion.Errand(),
                new Funds(BigInteger.valueOf(MINTED), allowance, chain.rpc().head().number()),
                0,
                Duration.ofMinutes(1)));
  }

  @Test
  void aDepositByPermit2IsNotProvedByAnotherOfTheSameAmount() {
    // Given
    var shop = open(setting);
    var first =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT)));
    shop.channels
        .vouchers()
        .release(opened(shop.channels.deposits().enter(first, shop.deadline())));
    var second = payer.permit(PRICE, AMOUNT);
    begin(shop, second, OVER);
    var nonce = ((PaymentKey.Permit2) second.key()).nonce();
    chain.send(
        payer.key,
        Permit2.CONTRACT,
        Bytes.wrap(
            Abi.call(
                Abi.selector("invalidateUnorderedNonces(uint256,uint256)"),
                Abi.word(nonce.shiftRight(8)),
                Abi.word(BigInteger.ONE.shiftLeft(nonce.intValue() & 0xff)))));

    // When
    shop.round();

    // Then
    assertThat(state(shop, second)).isEqualTo(new Deposit.State.Open());
  }

  @Test
  void rule49ADepositWhoseVoucherCountsOtherwiseIsCorrectedAndNotSent() {
    // Given
    var shop = open(setting);

    // When
    var entry = shop.deposit(payer.sign(PRICE + 1, AMOUNT));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected ->
                assertThat(corrected.reason()).isEqualTo(BatchReason.CUMULATIVE_AMOUNT_MISMATCH));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule51ADepositForAChannelThatIsBusyIsNotSent() {
    // Given
    var shop = open(setting);
    opened(shop.deposit(payer.sign(PRICE, AMOUNT)));

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected -> assertThat(corrected.reason()).isEqualTo(BatchReason.CHANNEL_BUSY));
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule55APayerThatGaveNoticeCannotFillItsChannelMeanwhile() {
    // Given
    var shop = open(setting);
    payer.deposit(AMOUNT);
    payer.giveNotice(AMOUNT);

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT));

    // Then
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Corrected.class,
            corrected ->
                assertThat(corrected.correction().state().withdrawRequestedAt()).isPositive());
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule48AnotherChannelUnderAnOldSignatureIsRefused() {
    // Given
    var shop = open(setting);
    var other = new ChannelPayer(chain, PAYEE, authorizer.address());
    var good = payer.sign(PRICE, AMOUNT);
    var moved =
        new BatchPayload.Deposit(
            other.config, other.voucher(PRICE), good.amount(), good.authorization());

    // When
    var entry = shop.deposit(moved);

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.RECEIVE_AUTHORIZATION_SIGNATURE));
  }

  @Test
  void anotherAmountUnderAKnownNonceIsRefused() {
    // Given
    var shop = open(setting);
    var good = payer.sign(PRICE, AMOUNT);
    opened(shop.deposit(good));
    var more =
        new BatchPayload.Deposit(
            good.config(), good.voucher(), good.amount().add(BigInteger.ONE), good.authorization());

    // When
    var entry = shop.deposit(more);

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
  }

  @Test
  void aDepositBelowTheAnnouncedLeastIsRefused() {
    // Given
    var shop = open(setting.wanting(AMOUNT));

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT - 1));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.DEPOSIT_BELOW_MIN_DEPOSIT));
  }

  @Test
  void anAuthorizationThatLivesLongerThanAskedIsRefused() {
    // Given
    var shop = open(setting);

    // When
    var entry = shop.deposit(payer.authorize(PRICE, AMOUNT, BigInteger.TWO.pow(40)));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.VALID_BEFORE));
  }

  private ChannelShop open(ChannelShop.Setting with) {
    return open(new ChannelShop(database, chain, with));
  }

  private ChannelShop open(ChannelShop shop) {
    shops.add(shop);
    return shop;
  }

  private static Entry.Deposited deposited(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Deposited.class);
    return (Entry.Deposited) entry;
  }

  private static Hold opened(Entry entry) {
    assertThat(deposited(entry).call()).isInstanceOf(ChannelDesk.Entry.Open.class);
    return ((ChannelDesk.Entry.Open) deposited(entry).call()).hold();
  }

  private ChannelOnChain onChain() {
    return new ChannelReads(chain.rpc(), ChannelContracts.CHANNELS)
        .read(List.of(payer.channel))
        .getFirst();
  }

  private static Deposit.State state(ChannelShop shop, BatchPayload.Deposit deposit) {
    return shop.books.deposits().find(deposit.key().id()).orElseThrow().state();
  }

  /** What an instance does before it sends. */
  private static void begin(ChannelShop shop, BatchPayload.Deposit payload, Duration lease) {
    var deadline =
        switch (payload.authorization()) {
          case DepositAuthorization.Erc3009 erc3009 -> erc3009.validBefore();
          case DepositAuthorization.Permit2 permit -> permit.deadline().add(BigInteger.ONE);
        };
    var deposit =
        new Deposit(
            payload.key(),
            payload.voucher().channel(),
            payload.config(),
            payload.amount(),
            deadline,
            0);
    var outcome =
        shop.books.deposits().claim(deposit, BigInteger.valueOf(MINTED), Long.MAX_VALUE, lease);
    assertThat(outcome).isEqualTo(Deposit.Outcome.CLAIMED);
  }

  /** What of the payers' balances is spoken for. */
  private long held() {
    return Long.parseLong(
        Rows.of(database, "select coalesce(sum(held), 0)::text from till.payer").getFirst());
  }

  private List<String> moves() {
    return Rows.of(
        database,
        "select kind || ' ' || amount || ' 0x' || encode(tx_hash, 'hex') from till.channel_move");
  }

  private static String hex(Address account) {
    return account.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  /** Does {@code second} after {@code first} has tried its transaction and before it sends it. */
  private static <T> T meanwhile(FaultyRpc node, Callable<T> first, Runnable second)
      throws Exception {
    node.spoil("eth_estimateGas", 1, new Fault.HoldTheReply());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var result = threads.submit(first);
      await().until(() -> node.requests("eth_estimateGas") == 1);
      second.run();
      node.heal();
      return result.get();
    }
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> action) throws Exception {
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
