package io.stoa.chain.channel;

import io.stoa.chain.contract.PaymentChannels;
import io.stoa.chain.rpc.Log;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelId;
import java.math.BigInteger;
import java.util.Optional;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.datatypes.Event;

/** Reads the logs of the channel contract that tell of money. */
public final class ChannelEvents {
  public static final Bytes32 DEPOSITED = topic(PaymentChannels.DEPOSITED_EVENT);
  public static final Bytes32 CLAIMED = topic(PaymentChannels.CLAIMED_EVENT);
  public static final Bytes32 SETTLED = topic(PaymentChannels.SETTLED_EVENT);
  public static final Bytes32 REFUNDED = topic(PaymentChannels.REFUNDED_EVENT);

  private ChannelEvents() {}

  /** What the contract logged. Amounts are in the token's smallest unit. */
  public sealed interface Entry {
    /**
     * @param amount what arrived
     * @param balance of the channel after it
     */
    record Deposited(ChannelId channel, BigInteger amount, BigInteger balance) implements Entry {}

    /**
     * @param amount what the receiver earned by this claim
     * @param total of all claims
     */
    record Claimed(ChannelId channel, BigInteger amount, BigInteger total) implements Entry {}

    /** The receiver was paid what had been claimed for it. */
    record Settled(Address receiver, Address token, BigInteger amount) implements Entry {}

    /** The payer got some of its money back. */
    record Refunded(ChannelId channel, BigInteger amount) implements Entry {}
  }

  /** Empty for every other event. */
  public static Optional<Entry> decode(Log log) {
    if (log.topics().isEmpty()) {
      return Optional.empty();
    }
    var topic = log.topics().getFirst();
    var data = log.data().toBytes();
    if (topic.equals(DEPOSITED)) {
      return Optional.of(new Entry.Deposited(channel(log), whole(data, 0), whole(data, 1)));
    }
    if (topic.equals(CLAIMED)) {
      return Optional.of(new Entry.Claimed(channel(log), whole(data, 0), whole(data, 1)));
    }
    if (topic.equals(SETTLED)) {
      return Optional.of(
          new Entry.Settled(
              Abi.address(log.topics().get(1)), Abi.address(log.topics().get(2)), whole(data, 0)));
    }
    if (topic.equals(REFUNDED)) {
      return Optional.of(new Entry.Refunded(channel(log), whole(data, 0)));
    }
    return Optional.empty();
  }

  private static ChannelId channel(Log log) {
    return new ChannelId(log.topics().get(1));
  }

  private static BigInteger whole(byte[] data, int index) {
    return Abi.wordAt(data, index).toUnsigned();
  }

  private static Bytes32 topic(Event event) {
    return Bytes32.parse(EventEncoder.encode(event));
  }
}
