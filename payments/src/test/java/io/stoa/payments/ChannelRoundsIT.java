package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.persistence.till.ChannelAccount;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.batch.ChannelContracts;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What settlers do regularly, on a real chain and a real till. */
class ChannelRoundsIT {
  private static final TestChain CHAIN = TestChain.shared();
  private static final BigInteger HIGH = BigInteger.TWO.pow(100);
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final TestDatabase database = TestDatabase.fresh();
  private final List<ChannelShop> shops = new ArrayList<>();
  private final SigningKey authorizer = CHAIN.account();
  private final Address payee = Abi.address(Bytes32.of(new BigInteger(150, new Random())));
  private final ChannelPayer payer = new ChannelPayer(payee, authorizer.address());
  private final ChannelShop.Setting setting = ChannelShop.Setting.of(CHAIN, payee, authorizer);

  @BeforeEach
  void fillAChannel() {
    payer.deposit(1_000);
  }

  @AfterEach
  void close() {
    shops.forEach(ChannelShop::close);
    database.close();
  }

  @Test
  void rule55APayersNoticeIsNoticedByReadingAndItsChannelClaimedAtOnce() {
    // Given
    var shop = charged(setting.claimingFrom(HIGH));
    payer.giveNotice(900);
    lookedAt(shop, 91);

    // When
    shop.channels.claims().run();

    // Then
    assertThat(onChain().claimed()).isEqualTo(PRICE);
  }

  @Test
  void rule55AChannelThatOwesIsLookedAtTenTimesInItsDelay() {
    // Given
    var shop = charged(setting.claimingFrom(HIGH));

    // When
    lookedAt(shop, 80);
    var early = unseen(shop);
    lookedAt(shop, 91);
    var due = unseen(shop);

    // Then
    assertThat(early).isEmpty();
    assertThat(due).extracting(ChannelAccount::id).containsExactly(payer.channel);
  }

  @Test
  void rule55AChannelOfALongDelayIsLookedAtOnceAnHour() {
    // Given
    var shop = charged(setting.claimingFrom(HIGH));
    shop.let("update till.channel set withdraw_delay = 2592000");

    // When
    lookedAt(shop, 3_500);
    var early = unseen(shop);
    lookedAt(shop, 3_601);
    var due = unseen(shop);

    // Then
    assertThat(early).isEmpty();
    assertThat(due).hasSize(1);
  }

  @Test
  void aChannelThatOwesNothingIsLeftAlone() {
    // Given
    var shop = charged(setting);
    shop.channels.claims().run();
    lookedAt(shop, 10_000);

    // When, Then
    assertThat(unseen(shop)).isEmpty();
  }

  @Test
  void aCallWhoseHolderDiedFreesItsChannel() {
    // Given
    var shop = open(setting);
    shop.pay(payer, PRICE);

    // When
    shop.round();

    // Then
    assertThat(shop.pay(payer, PRICE)).isInstanceOf(ChannelDesk.Entry.Open.class);
  }

  @Test
  void nobodyClaimsWhileItIsSomebodyElsesTurn() {
    // Given
    var shop = charged(setting);
    var turn = shop.books.turns().take(CHAIN.dollar(), authorizer.address(), LEASE).orElseThrow();

    // When
    shop.channels.claims().run();
    var during = onChain().claimed();
    shop.books.turns().extend(turn, Duration.ZERO);
    shop.channels.claims().run();

    // Then
    assertThat(during).isZero();
    assertThat(onChain().claimed()).isEqualTo(PRICE);
  }

  @Test
  void aTurnWhoseHolderDiedIsTakenOverAndIsNotItsHoldersAnyMore() {
    // Given
    var shop = open(setting);
    var asset = CHAIN.dollar();
    var first =
        shop.books.turns().take(asset, authorizer.address(), Duration.ofMillis(-1)).orElseThrow();

    // When
    var second = shop.books.turns().take(asset, authorizer.address(), LEASE);

    // Then
    assertThat(second).isPresent();
    assertThat(shop.books.turns().extend(first, LEASE)).isFalse();
    assertThat(shop.books.turns().extend(second.get(), LEASE)).isTrue();
  }

  @Test
  void rule57TwoInstancesAtOnceClaimAndSettleOnce() throws Exception {
    // Given
    var one = charged(setting);
    var two = open(setting);

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var rounds =
          Stream.of(one, two)
              .<Callable<Object>>map(shop -> Executors.callable(() -> shop.channels.claims().run()))
              .toList();
      for (var round : threads.invokeAll(rounds)) {
        round.get();
      }
    }

    // Then
    assertThat(one.transactions() + two.transactions()).isEqualTo(2);
    assertThat(CHAIN.dollarsOf(payee)).isEqualTo(PRICE);
  }

  @Test
  void aRoundOfClaimsThatFailsIsNotFinished() {
    // Given
    try (var node = FaultyRpc.before(CHAIN.endpoint())) {
      var shop = charged(setting.through(node.endpoint()));
      var start = shop.channels.claims().finishedAt();
      node.spoil("eth_getBlockByNumber", 100, Fault.STATUS_500);

      // When
      shop.channels.claims().run();
      var failed = shop.channels.claims().finishedAt();
      node.heal();
      shop.channels.claims().run();
      var finished = shop.channels.claims().finishedAt();

      // Then
      assertThat(failed).isEqualTo(start);
      assertThat(finished).isAfter(start);
    }
  }

  @Test
  void whatNobodyWillClaimIsAnErrorInEveryRound() {
    // Given
    var shop = charged(setting.claimingFrom(HIGH));
    var log = Logger.getLogger(ClaimRounds.class.getName());
    var errors = new ArrayList<String>();
    var listener = listener(errors);
    log.addHandler(listener);

    // When
    shop.channels.claims().run();
    var attended = List.copyOf(errors);
    shop.let("update till.channel set receiver_authorizer = '\\x" + "1".repeat(40) + "'");
    shop.channels.claims().run();
    shop.channels.claims().run();
    log.removeHandler(listener);

    // Then
    assertThat(attended).isEmpty();
    assertThat(errors).hasSize(2).allMatch(message -> message.endsWith(": 1"));
    assertThat(shop.books.exposure().unattended(Set.of(), Address.parse("0x" + "1".repeat(40))))
        .isEqualTo(1);
  }

  private ChannelShop open(ChannelShop.Setting with) {
    var shop = new ChannelShop(database, CHAIN, with);
    shops.add(shop);
    return shop;
  }

  /** Served one call. */
  private ChannelShop charged(ChannelShop.Setting with) {
    var shop = open(with);
    shop.charge(((ChannelDesk.Entry.Open) shop.pay(payer, PRICE)).hold(), PRICE);
    return shop;
  }

  private static Handler listener(List<String> errors) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        if (record.getLevel().equals(Level.SEVERE)) {
          errors.add(record.getMessage());
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  private void lookedAt(ChannelShop shop, int secondsAgo) {
    shop.let(
        "update till.channel set synced_at = now() - interval '%d seconds'".formatted(secondsAgo));
  }

  private List<ChannelAccount> unseen(ChannelShop shop) {
    return shop.books.exposure().unseen(CHAIN.dollar(), authorizer.address(), 10);
  }

  private ChannelOnChain onChain() {
    return new ChannelReads(CHAIN.rpc(), ChannelContracts.CHANNELS)
        .read(List.of(payer.channel))
        .getFirst();
  }
}
