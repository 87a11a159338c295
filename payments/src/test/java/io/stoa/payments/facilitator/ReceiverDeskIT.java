package io.stoa.payments.facilitator;

import static io.stoa.payments.facilitator.Asked.CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.payments.PostgresSendLog;
import io.stoa.persistence.till.Sends;
import io.stoa.testkit.TestChain;
import io.stoa.testkit.TestDatabase;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.DepositDigests;
import io.stoa.x402.batch.ServerOrder;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Channels of other servers, claimed from, paid out and refunded on a real chain. */
class ReceiverDeskIT {
  private static final ChannelDigests DIGESTS = ChannelDigests.of(TestChain.ID);
  private static final SigningKey AUTHORIZER = CHAIN.account();
  private static final SigningKey GATEWAY = CHAIN.account();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static TestDatabase database;
  private static ReceiptWatch watch;
  private static ReceiverDesk desk;

  private final SigningKey server = CHAIN.account();
  private final Set<Address> receivers = Set.of(server.address());

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    watch = new ReceiptWatch(CHAIN.rpc(), Duration.ofMillis(50));
    var log = new PostgresSendLog(new Sends(database.pool()));
    var sender =
        new TransactionSender(
            CHAIN.rpc(), TestChain.ID, CHAIN.account(), log, SendPolicy.standard(), watch);
    desk =
        new ReceiverDesk(
            TestChain.ID,
            Set.of(CHAIN.dollar()),
            new ChannelReads(CHAIN.rpc(), ChannelContracts.CHANNELS),
            new OrderSends(CHAIN.rpc(), sender, log),
            AUTHORIZER,
            GATEWAY.address());
  }

  @AfterAll
  static void close() {
    watch.close();
    database.close();
  }

  @Test
  void rule57WhatWasClaimedIsPaidOutToTheUnit() {
    // Given
    var first = channel(AUTHORIZER, 5_000);
    var second = channel(AUTHORIZER, 5_000);

    // When
    var claimed = carryOut(claim(first.row(700), second.row(42)));
    var settled = carryOut(new ServerOrder.Settle(server.address(), CHAIN.dollar()));

    // Then
    assertThat(claimed.success()).isTrue();
    assertThat(settled.success()).isTrue();
    assertThat(settled.amount()).contains(BigInteger.valueOf(742));
    assertThat(CHAIN.dollarsOf(server.address())).isEqualTo(742);
  }

  @Test
  void rule41TheSameOrderAgainIsTheSameTransaction() {
    // Given
    var order = claim(channel(AUTHORIZER, 5_000).row(700));

    // When
    var first = carryOut(order);
    long block = CHAIN.rpc().head().number();
    var second = carryOut(order);

    // Then
    assertThat(second).isEqualTo(first);
    assertThat(CHAIN.rpc().head().number()).isEqualTo(block);
  }

  @Test
  void rule59ARefundClaimsWhatIsOwedAndReturnsTheRest() {
    // Given
    var channel = channel(AUTHORIZER, 5_000);
    var order = refund(channel, 5_000, List.of(channel.row(700)));

    // When
    var refunded = carryOut(order);
    var again = carryOut(order);

    // Then
    assertThat(refunded.success()).isTrue();
    assertThat(refunded.amount()).contains(BigInteger.valueOf(4_300));
    assertThat(refunded.payer()).contains(channel.payer.address());
    assertThat(refunded.extra().at("/channelState/balance").asText()).isEqualTo("700");
    assertThat(refunded.extra().at("/channelState/refundNonce").asText()).isEqualTo("1");
    assertThat(again.transaction()).isEqualTo(refunded.transaction());
  }

  @Test
  void rule37CopiesOfARefundAtOnceAreOneTransaction() throws Exception {
    // Given
    var channel = channel(AUTHORIZER, 5_000);
    var order = refund(channel, 5_000, List.of(channel.row(700)));

    // When
    var responses = new HashSet<SettlementResponse>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var copies = Collections.<Callable<SettlementResponse>>nCopies(8, () -> carryOut(order));
      for (var copy : threads.invokeAll(copies)) {
        responses.add(copy.get());
      }
    }

    // Then
    assertThat(responses).singleElement().matches(SettlementResponse::success);
    assertThat(CHAIN.dollarsOf(channel.payer.address())).isEqualTo(4_300);
  }

  @Test
  void onlyTheReceiverIsServed() {
    // Given
    var channel = channel(AUTHORIZER, 5_000);
    var stranger = Set.of(CHAIN.account().address());

    // Then
    for (var order :
        List.of(
            claim(channel.row(700)),
            refund(channel, 5_000, List.of()),
            new ServerOrder.Settle(server.address(), CHAIN.dollar()))) {
      assertFailed(desk.carryOut(order, stranger, PATIENCE), "receiver_not_authenticated");
      assertFailed(desk.carryOut(order, Set.of(), PATIENCE), "receiver_not_authenticated");
    }
  }

  @Test
  void aChannelOfTheGatewayIsNeverTouched() {
    // Given
    var channel = channel(GATEWAY, 5_000);
    var signed =
        new ServerOrder.Claim(
            List.of(channel.row(700)), Optional.of(channel.claimSignature(GATEWAY, 700)));

    // Then
    assertFailed(carryOut(claim(channel.row(700))), "channel_not_served");
    assertFailed(carryOut(signed), "channel_not_served");
    assertFailed(carryOut(refund(channel, 1, List.of())), "channel_not_served");
  }

  @Test
  void aChannelThatTrustsAnotherKeyNeedsItsSignature() {
    // Given
    var own = CHAIN.account();
    var channel = channel(own, 5_000);

    // When
    var unsigned = carryOut(claim(channel.row(700)));
    var signed =
        carryOut(
            new ServerOrder.Claim(
                List.of(channel.row(700)), Optional.of(channel.claimSignature(own, 700))));

    // Then
    assertFailed(unsigned, BatchReason.AUTHORIZER_ADDRESS_MISMATCH);
    assertThat(signed.success()).isTrue();
  }

  @Test
  void rule56WhatWouldFailIsNotSent() {
    // Given
    var channel = channel(AUTHORIZER, 500);
    long nonce = CHAIN.rpc().head().number();

    // Then
    assertFailed(carryOut(claim(channel.row(700))), BatchReason.CLAIM_SIMULATION_FAILED);
    assertFailed(
        carryOut(new ServerOrder.Settle(server.address(), CHAIN.dollar())),
        BatchReason.NOTHING_TO_SETTLE);
    assertThat(CHAIN.rpc().head().number()).isEqualTo(nonce);
  }

  private SettlementResponse carryOut(ServerOrder order) {
    return desk.carryOut(order, receivers, PATIENCE);
  }

  private static ServerOrder claim(ServerOrder.Row... rows) {
    return new ServerOrder.Claim(List.of(rows), Optional.empty());
  }

  private static ServerOrder refund(Funded channel, long amount, List<ServerOrder.Row> rows) {
    return new ServerOrder.Refund(
        channel.config,
        BigInteger.valueOf(amount),
        BigInteger.ZERO,
        rows,
        Optional.empty(),
        Optional.empty());
  }

  private static void assertFailed(SettlementResponse response, String reason) {
    assertThat(response.success()).isFalse();
    assertThat(response.errorReason()).isEqualTo(reason);
    assertThat(response.transaction()).isEmpty();
  }

  /** A channel to this test's server that somebody put money into. */
  private record Funded(SigningKey payer, ChannelConfig config, ChannelId id) {
    ServerOrder.Row row(long total) {
      var units = BigInteger.valueOf(total);
      var signature = payer.sign(DIGESTS.voucher(id, units));
      return new ServerOrder.Row(
          config, new Voucher(id, units, Bytes.wrap(signature.toBytes())), units);
    }

    Bytes claimSignature(SigningKey authorizer, long total) {
      var units = BigInteger.valueOf(total);
      var entry = new ChannelDigests.ClaimEntry(id, units, units);
      return Bytes.wrap(authorizer.sign(DIGESTS.claimBatch(List.of(entry))).toBytes());
    }
  }

  private Funded channel(SigningKey authorizer, long balance) {
    var payer = CHAIN.buyer(balance);
    var config =
        new ChannelConfig(
            payer.address(),
            payer.address(),
            server.address(),
            authorizer.address(),
            CHAIN.dollar(),
            900,
            random());
    var id = DIGESTS.channelId(config);
    var salt = random().toUnsigned();
    var forever = BigInteger.TWO.pow(40);
    var units = BigInteger.valueOf(balance);
    var digest =
        DepositDigests.receive(
            payer.address(),
            units,
            BigInteger.ZERO,
            forever,
            DepositDigests.nonce(id, salt),
            CHAIN.dollarDomain());
    var authorization =
        new DepositAuthorization.Erc3009(
            BigInteger.ZERO, forever, salt, Bytes.wrap(payer.sign(digest).toBytes()));
    CHAIN.send(
        server,
        ChannelContracts.CHANNELS,
        ChannelCalls.deposit(
            config,
            units,
            DepositCalls.collector(authorization),
            DepositCalls.collectorData(authorization)));
    return new Funded(payer, config, id);
  }

  private static Bytes32 random() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
