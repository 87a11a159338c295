package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.chain.token.TokenCalls;
import io.stoa.domain.Address;
import io.stoa.payments.DepositDesk.Entry;
import io.stoa.persistence.till.Deposit;
import io.stoa.testkit.TestChain;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Deposits that come with a call, on a real chain and a real till. */
class DepositDeskIT extends DepositFixture {
  private static final Address ELSEWHERE =
      Address.parse("0x000000000000000000000000000000000000dead");
  private static final Duration SHORT = Duration.ofMillis(700);

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
