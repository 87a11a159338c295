package io.stoa.payments;

import io.stoa.chain.channel.ChannelCalls;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.testkit.TestChain;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.DepositDigests;
import java.math.BigInteger;
import java.util.concurrent.ThreadLocalRandom;

/** Somebody with test dollars, gas, and one channel on the shared chain. */
final class ChannelPayer {
  static final TestChain CHAIN = TestChain.shared();
  static final ChannelDigests DIGESTS = ChannelDigests.of(TestChain.ID);

  private static final BigInteger FOREVER = BigInteger.TWO.pow(40);

  final SigningKey key = CHAIN.account();
  final ChannelConfig config;
  final ChannelId channel;

  private final SigningKey relay = CHAIN.account();

  /**
   * @param authorizer of the receiver
   */
  ChannelPayer(Address receiver, Address authorizer) {
    this.config =
        new ChannelConfig(
            key.address(), key.address(), receiver, authorizer, CHAIN.dollar(), 900, random());
    this.channel = DIGESTS.channelId(config);
    CHAIN.mint(key.address(), 10_000);
  }

  Voucher voucher(long ceiling) {
    var units = BigInteger.valueOf(ceiling);
    return new Voucher(
        channel, units, Bytes.of(key.sign(DIGESTS.voucher(channel, units)).toBytes()));
  }

  /** As a relay does it: the payer only signs. */
  void deposit(long amount) {
    var units = BigInteger.valueOf(amount);
    var salt = random().toUnsigned();
    var digest =
        DepositDigests.receive(
            key.address(),
            units,
            BigInteger.ZERO,
            FOREVER,
            DepositDigests.nonce(channel, salt),
            CHAIN.dollarDomain());
    var authorization =
        new DepositAuthorization.Erc3009(
            BigInteger.ZERO, FOREVER, salt, Bytes.of(key.sign(digest).toBytes()));
    CHAIN.send(
        relay,
        ChannelContracts.CHANNELS,
        ChannelCalls.deposit(
            config,
            units,
            DepositCalls.collector(authorization),
            DepositCalls.collectorData(authorization)));
  }

  void giveNotice(long amount) {
    CHAIN.send(
        key,
        ChannelContracts.CHANNELS,
        ChannelCalls.initiateWithdraw(config, BigInteger.valueOf(amount)));
  }

  static Bytes32 random() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
