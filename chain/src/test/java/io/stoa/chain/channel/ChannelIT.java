package io.stoa.chain.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.PaymentChannels;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.token.TokenCalls;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.ChannelOnChain;
import io.stoa.domain.channel.Voucher;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChannelIT {
  private static final Address COLLECTOR =
      Address.parse("0x4020806089470a89826cB9fB1f4059150b550004");
  private static final Bytes32 RECEIVE =
      Keccak.hash(
          "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
              + "uint256 validBefore,bytes32 nonce)");
  private static final BigInteger FOREVER = BigInteger.TWO.pow(40);
  private static final Duration SOON = Duration.ofSeconds(10);

  private static Anvil anvil;
  private static Rpc rpc;
  private static Wallet founder;
  private static Address contract;
  private static Asset dollar;
  private static ChannelReads reads;

  private static int seed = 700;

  private SigningKey authorizer;
  private SigningKey payer;
  private Address receiver;

  private ChannelConfig config;
  private ChannelId id;

  @BeforeAll
  static void deploy() {
    anvil = Anvil.start();
    rpc = anvil.rpc();
    founder = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
    var book =
        new Deployment(rpc, founder, _ -> {})
            .deploy(DeploymentPlan.development(founder.address(), Anvil.GUARDIAN));
    contract = book.find(AddressBook.PAYMENT_CHANNELS).orElseThrow();
    dollar = new Asset(Anvil.CHAIN, book.usdCoin());
    reads = new ChannelReads(rpc, contract);
  }

  @AfterAll
  static void close() {
    rpc.close();
    anvil.close();
  }

  @BeforeEach
  void configure() {
    authorizer = anvil.account(seed++, BigInteger.TEN.pow(18));
    payer = anvil.account(seed++, BigInteger.TEN.pow(18));
    receiver = Abi.address(Bytes32.of(BigInteger.valueOf(seed++)));
    config =
        new ChannelConfig(
            payer.address(),
            payer.address(),
            receiver,
            authorizer.address(),
            dollar,
            900,
            Bytes32.ZERO);
    id = new ChannelId(ask(PaymentChannels.getABI_getChannelId(ChannelCalls.struct(config))));
  }

  @Test
  void aChannelThatDoesNotExistIsAllZero() {
    // When
    var channel = read();

    // Then
    assertThat(channel.balance()).isZero();
    assertThat(channel.claimed()).isZero();
    assertThat(channel.withdrawal()).isEmpty();
    assertThat(channel.at()).isEqualTo(rpc.head().ref());
  }

  @Test
  void whatWasClaimedAndSettledReachesTheReceiverToTheUnit() {
    // Given
    var deposited = entries(deposit(1_000));

    // When
    var claims = List.of(new VoucherClaim(config, voucher(700), units(650)));
    var claimed = entries(send(ChannelCalls.claimWithSignature(claims, batch(claims))));
    var due = reads.earnings(receiver, dollar, BlockId.LATEST).due();
    var settled = entries(send(ChannelCalls.settle(receiver, dollar.token())));

    // Then
    assertThat(deposited)
        .contains(new ChannelEvents.Entry.Deposited(id, units(1_000), units(1_000)));
    assertThat(claimed)
        .containsExactly(new ChannelEvents.Entry.Claimed(id, units(650), units(650)));
    assertThat(due).isEqualTo(units(650));
    assertThat(settled)
        .contains(new ChannelEvents.Entry.Settled(receiver, dollar.token(), units(650)));
    assertThat(new TokenReads(rpc).balanceOf(dollar.token(), receiver, BlockId.LATEST))
        .isEqualTo(units(650));
    assertThat(read().claimed()).isEqualTo(units(650));
  }

  @Test
  void claimingAndRefundingTogetherClosesAChannel() {
    // Given
    deposit(1_000);
    var claims = List.of(new VoucherClaim(config, voucher(400), units(400)));
    var refund =
        authorizer.sign(
            ask(
                PaymentChannels.getABI_getRefundDigest(
                    id.value().toBytes(), BigInteger.ZERO, units(600))));

    // When
    var closed =
        send(
            ChannelCalls.multicall(
                List.of(
                    ChannelCalls.claimWithSignature(claims, batch(claims)),
                    ChannelCalls.refundWithSignature(
                        config, units(600), BigInteger.ZERO, Bytes.of(refund.toBytes())))));

    // Then
    assertThat(entries(closed)).contains(new ChannelEvents.Entry.Refunded(id, units(600)));
    assertThat(read().balance()).isEqualTo(units(400));
    assertThat(read().refundNonce()).isEqualTo(BigInteger.ONE);
  }

  @Test
  void aPayersNoticeIsSeenWithItsTime() {
    // Given
    deposit(500);
    var wallet = new Wallet(rpc, payer, SendPolicy.standard());

    // When
    wallet.send(
        UnsignedTransaction.call(
            Anvil.CHAIN, contract, ChannelCalls.initiateWithdraw(config, units(500))),
        SOON);

    // Then
    var withdrawal = read().withdrawal().orElseThrow();
    assertThat(withdrawal.amount()).isEqualTo(units(500));
    assertThat(withdrawal.initiatedAt().getEpochSecond()).isEqualTo(rpc.head().timestamp());
  }

  @Test
  void manyChannelsAreReadAtOneBlock() {
    // Given
    deposit(300);
    var none = new ChannelId(Bytes32.ZERO);

    // When
    var both = reads.read(List.of(none, id));

    // Then
    assertThat(both.getFirst().balance()).isZero();
    assertThat(both.getLast().balance()).isEqualTo(units(300));
    assertThat(both.getFirst().at()).isEqualTo(both.getLast().at());
  }

  private ChannelOnChain read() {
    return reads.read(List.of(id)).getFirst();
  }

  private Receipt deposit(long amount) {
    send(dollar.token(), TokenCalls.mint(payer.address(), units(amount)));
    var salt = Bytes32.of(BigInteger.ONE);
    var nonce = Keccak.hash(Abi.encode(id.value(), salt));
    var domain = new Eip712.Domain("USD Coin", "2", Anvil.CHAIN, dollar.token());
    var digest =
        Eip712.digest(
            domain.separator(),
            Eip712.hashStruct(
                RECEIVE,
                Abi.word(payer.address()),
                Abi.word(COLLECTOR),
                Abi.word(units(amount)),
                Abi.word(0),
                Abi.word(FOREVER),
                nonce));
    var authorization =
        Abi.callWithBytes(
            new byte[0], payer.sign(digest).toBytes(), Abi.word(0), Abi.word(FOREVER), salt);
    return send(ChannelCalls.deposit(config, units(amount), COLLECTOR, Bytes.of(authorization)));
  }

  private Voucher voucher(long ceiling) {
    var digest = ask(PaymentChannels.getABI_getVoucherDigest(id.value().toBytes(), units(ceiling)));
    return new Voucher(id, units(ceiling), Bytes.of(payer.sign(digest).toBytes()));
  }

  private Bytes batch(List<VoucherClaim> claims) {
    var digest = ask(PaymentChannels.getABI_getClaimBatchDigest(ChannelCalls.structs(claims)));
    return Bytes.of(authorizer.sign(digest).toBytes());
  }

  private static Bytes32 ask(String call) {
    return switch (rpc.call(Call.of(contract, Bytes.parse(call)), BlockId.LATEST)) {
      case CallResult.Returned(var data) -> Abi.wordAt(data.toBytes(), 0);
      case CallResult.Reverted(var message, _) -> throw new IllegalStateException(message);
    };
  }

  private static List<ChannelEvents.Entry> entries(Receipt receipt) {
    return receipt.logs().stream()
        .filter(log -> log.address().equals(contract))
        .flatMap(log -> ChannelEvents.decode(log).stream())
        .toList();
  }

  private static Receipt send(Bytes data) {
    return send(contract, data);
  }

  private static Receipt send(Address to, Bytes data) {
    var outcome = founder.send(UnsignedTransaction.call(Anvil.CHAIN, to, data), SOON);
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    return ((SendOutcome.Mined) outcome).receipt();
  }

  private static BigInteger units(long units) {
    return BigInteger.valueOf(units);
  }
}
