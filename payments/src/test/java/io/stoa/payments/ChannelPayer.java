package io.stoa.payments;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.rpc.Receipt;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.testkit.TestChain;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.DepositDigests;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.Permit2Domain;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Somebody with test dollars, gas, and one channel. */
final class ChannelPayer {
  static final TestChain CHAIN = TestChain.shared();
  static final ChannelDigests DIGESTS = ChannelDigests.of(TestChain.ID);

  private static final BigInteger FOREVER = BigInteger.TWO.pow(40);
  private static final Bytes32 PERMIT =
      Keccak.hash(
          "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

  final SigningKey key;
  final ChannelConfig config;
  final ChannelId channel;

  private final TestChain chain;
  private final SigningKey relay;

  /** On the shared chain. */
  ChannelPayer(Address receiver, Address authorizer) {
    this(CHAIN, receiver, authorizer);
  }

  /**
   * @param authorizer of the receiver
   */
  ChannelPayer(TestChain chain, Address receiver, Address authorizer) {
    this.chain = chain;
    this.key = chain.account();
    this.relay = chain.account();
    this.config =
        new ChannelConfig(
            key.address(), key.address(), receiver, authorizer, chain.dollar(), 900, random());
    this.channel = DIGESTS.channelId(config);
    chain.mint(key.address(), 10_000);
  }

  Voucher voucher(long ceiling) {
    var units = BigInteger.valueOf(ceiling);
    return new Voucher(
        channel, units, Bytes.of(key.sign(DIGESTS.voucher(channel, units)).toBytes()));
  }

  /** As a relay does it: the payer only signs. */
  void deposit(long amount) {
    relay(authorize(0, amount, FOREVER));
  }

  /** Anyone may send what the payer signed. */
  Receipt relay(BatchPayload.Deposit deposit) {
    return send(
        relay,
        ChannelCalls.deposit(
            config,
            deposit.amount(),
            DepositCalls.collector(deposit.authorization()),
            DepositCalls.collectorData(deposit.authorization())));
  }

  Receipt send(SigningKey from, Bytes data) {
    return chain.send(from, ChannelContracts.CHANNELS, data);
  }

  /** A deposit by EIP-3009 that is good for a minute, and a voucher. */
  BatchPayload.Deposit sign(long ceiling, long amount) {
    return authorize(ceiling, amount, inAMinute());
  }

  BatchPayload.Deposit authorize(long ceiling, long amount, BigInteger validBefore) {
    var units = BigInteger.valueOf(amount);
    var salt = random().toUnsigned();
    var digest =
        DepositDigests.receive(
            key.address(),
            units,
            BigInteger.ZERO,
            validBefore,
            DepositDigests.nonce(channel, salt),
            chain.dollarDomain());
    return new BatchPayload.Deposit(
        config,
        voucher(ceiling),
        units,
        new DepositAuthorization.Erc3009(
            BigInteger.ZERO, validBefore, salt, Bytes.of(key.sign(digest).toBytes())));
  }

  /** The same by Permit2. */
  BatchPayload.Deposit permit(long ceiling, long amount) {
    var units = BigInteger.valueOf(amount);
    var nonce = random().toUnsigned();
    var deadline = inAMinute();
    var token = chain.dollar().token();
    var digest =
        DepositDigests.permit(
            token, units, nonce, deadline, channel, Permit2Domain.of(TestChain.ID));
    return new BatchPayload.Deposit(
        config,
        voucher(ceiling),
        units,
        new DepositAuthorization.Permit2(
            key.address(),
            token,
            units,
            ChannelContracts.PERMIT2_COLLECTOR,
            nonce,
            deadline,
            channel,
            Bytes.of(key.sign(digest).toBytes())));
  }

  /** An approval of Permit2 that the token will take, though nobody sent it yet. */
  Eip2612Approval approval(long amount) {
    var units = BigInteger.valueOf(amount);
    var words =
        new Bytes32[] {
          Abi.word(key.address()),
          Abi.word(Permit2.CONTRACT),
          Abi.word(units),
          Abi.word(0),
          Abi.word(FOREVER)
        };
    var digest = Eip712.digest(chain.dollarDomain().separator(), Eip712.hashStruct(PERMIT, words));
    return new Eip2612Approval(
        new TokenAmount(chain.dollar(), units),
        key.address(),
        Permit2.CONTRACT,
        BigInteger.ZERO,
        FOREVER,
        key.sign(digest));
  }

  private static BigInteger inAMinute() {
    return BigInteger.valueOf(Instant.now().getEpochSecond() + 60);
  }

  /**
   * @param amount of what is wanted back; zero for all of it
   */
  BatchPayload.Refund refund(long ceiling, long amount) {
    return new BatchPayload.Refund(
        config,
        voucher(ceiling),
        Optional.of(BigInteger.valueOf(amount)).filter(units -> units.signum() > 0));
  }

  void giveNotice(long amount) {
    send(key, ChannelCalls.initiateWithdraw(config, BigInteger.valueOf(amount)));
  }

  static Bytes32 random() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
