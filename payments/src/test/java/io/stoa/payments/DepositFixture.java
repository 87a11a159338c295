package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.payments.DepositDesk.Entry;
import io.stoa.persistence.till.Deposit;
import io.stoa.persistence.till.Hold;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositAuthorization;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A payer with dollars, and shops that take its deposits, on a chain that tests may break. */
abstract class DepositFixture {
  protected static final Address PAYEE =
      Address.parse("0x2000000000000000000000000000000000004020");

  /** Of a holder that died. */
  protected static final Duration OVER = Duration.ofMillis(-1);

  protected static final long AMOUNT = 1_000;
  protected static final long MINTED = 10_000;

  protected static TestChain chain;

  protected final TestDatabase database = TestDatabase.fresh();
  private final List<ChannelShop> shops = new ArrayList<>();
  protected SigningKey authorizer;
  protected ChannelPayer payer;
  protected ChannelShop.Setting setting;

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

  protected final ChannelShop open(ChannelShop.Setting with) {
    return open(new ChannelShop(database, chain, with));
  }

  protected final ChannelShop open(ChannelShop shop) {
    shops.add(shop);
    return shop;
  }

  protected static Entry.Deposited deposited(Entry entry) {
    assertThat(entry).isInstanceOf(Entry.Deposited.class);
    return (Entry.Deposited) entry;
  }

  protected static Hold opened(Entry entry) {
    assertThat(deposited(entry).call()).isInstanceOf(ChannelDesk.Entry.Open.class);
    return ((ChannelDesk.Entry.Open) deposited(entry).call()).hold();
  }

  protected final ChannelOnChain onChain() {
    return new ChannelReads(chain.rpc(), ChannelContracts.CHANNELS)
        .read(List.of(payer.channel))
        .getFirst();
  }

  protected static Deposit.State state(ChannelShop shop, BatchPayload.Deposit deposit) {
    return shop.books.deposits().find(deposit.key().id()).orElseThrow().state();
  }

  /** What an instance does before it sends. */
  protected static void begin(ChannelShop shop, BatchPayload.Deposit payload, Duration lease) {
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
}
