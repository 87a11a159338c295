package io.stoa.x402.client;

import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.ChannelReply;
import io.stoa.x402.client.ChannelAnswer.Broken;
import io.stoa.x402.client.ChannelAnswer.Kept;
import io.stoa.x402.client.ChannelAnswer.Refused;
import io.stoa.x402.client.ChannelAnswer.Shrunk;
import java.math.BigInteger;
import java.util.Objects;
import java.util.Optional;

/**
 * What a payer remembers of one channel. Never changes: every move gives the channel after it, and
 * whoever keeps it must apply each move to the newest, and one move to each payment.
 */
public final class PayerChannel {
  private final ChannelId id;
  private final ChannelConfig config;
  private final Tally tally;
  private final BigInteger balance;
  private final BigInteger incoming;
  private final Optional<Voucher> voucher;

  private PayerChannel(
      ChannelId id,
      ChannelConfig config,
      Tally tally,
      BigInteger balance,
      BigInteger incoming,
      Optional<Voucher> voucher) {
    this.id = id;
    this.config = config;
    this.tally = tally;
    this.balance = balance;
    this.incoming = incoming;
    this.voucher = voucher;
  }

  /** As the chain shows it to a payer that remembers nothing else; all zero when it is new. */
  static PayerChannel of(
      ChannelId id, ChannelConfig config, BigInteger balance, BigInteger claimed) {
    return new PayerChannel(
        id,
        config,
        Tally.from(claimed, balance.subtract(claimed)),
        balance,
        BigInteger.ZERO,
        Optional.empty());
  }

  public ChannelId id() {
    return id;
  }

  public ChannelConfig config() {
    return config;
  }

  /** What it holds, claims included, as far as its payer knows. */
  public BigInteger balance() {
    return balance;
  }

  /** For all calls so far, by its payer's count. */
  public BigInteger charged() {
    return tally.charged();
  }

  /** The highest voucher that was signed, or shown by the server and found to be signed. */
  public Optional<Voucher> voucher() {
    return voucher;
  }

  /** Whether no reply is awaited. */
  public boolean isIdle() {
    return tally.isIdle();
  }

  boolean isFunding() {
    return incoming.signum() > 0;
  }

  /** The least ceiling that pays for one more call. */
  BigInteger ceiling(BigInteger amount) {
    return tally.ceiling(amount);
  }

  PayerChannel paying(BigInteger amount, BigInteger deposit, Voucher signed) {
    return new PayerChannel(
        id, config, tally.opened(amount), balance, incoming.add(deposit), higher(signed));
  }

  /**
   * After an answer that says that the call failed, or must wait: it may be paid for anew. What it
   * brought did not arrive, unless the answer has {@code PAYMENT-RESPONSE}.
   */
  public PayerChannel released(ChannelPayment payment) {
    return with(tally.released(payment.amount()), balance, payment);
  }

  /** The same where the answer has one: the money is in the channel, and nothing was charged. */
  public ChannelAnswer released(ChannelPayment.Call call, SettlementResponse response) {
    var answer = settled(call, response);
    return answer instanceof Kept(_, var price) && price.signum() > 0
        ? new Broken("The call failed, and the server charged %s for it.".formatted(price))
        : answer;
  }

  /**
   * After no answer at all: the call may have been charged. What became of a deposit or a refund
   * only the chain can tell.
   */
  public PayerChannel lost(ChannelPayment payment) {
    return with(tally.lost(payment.amount()), balance, payment);
  }

  private PayerChannel with(Tally counted, BigInteger held, ChannelPayment ended) {
    return new PayerChannel(id, config, counted, held, incoming.subtract(ended.deposit()), voucher);
  }

  /** After the reply to a call. */
  public ChannelAnswer settled(ChannelPayment.Call call, SettlementResponse response) {
    if (!response.success()) {
      return refused(call, response);
    }
    ChannelReply reply;
    try {
      reply = ChannelReply.read(response);
    } catch (MalformedPayment malformed) {
      return new Broken("The reply cannot be checked: " + malformed.getMessage());
    }
    var state = reply.state();
    if (!state.channel().equals(id)) {
      return new Broken("The reply is about another channel.");
    }
    if (state.balance().compareTo(call.leastBalance()) < 0) {
      return new Shrunk(call.leastBalance(), state.balance());
    }
    if (reply.charged().isEmpty()) {
      return new Broken("The reply does not say what was charged.");
    }
    var price = reply.charged().get();
    var known = call.isLiteral() ? tally.certain() : tally;
    var counted = known.charged(call.amount(), price, state.charged());
    if (counted.isEmpty()) {
      return new Broken(
          "The server charged %s of at most %s and counts %s in all, after %s."
              .formatted(price, call.amount(), state.charged(), tally.charged()));
    }
    return new Kept(with(counted.get(), balance.max(state.balance()), call), price);
  }

  /** After the reply to a refund. */
  public ChannelAnswer refunded(ChannelPayment.Refund refund, SettlementResponse response) {
    if (!response.success()) {
      return refused(refund, response);
    }
    var left = balance.subtract(tally.charged());
    var due = refund.asked().map(left::min).orElse(left);
    var back = response.amount().orElse(BigInteger.ZERO);
    if (response.transaction().isEmpty() || back.compareTo(due) < 0) {
      return new Broken("The channel owes %s, and the server returned %s.".formatted(due, back));
    }
    var rest = balance.subtract(back).max(tally.charged());
    return new Kept(with(tally, rest, refund), back);
  }

  private ChannelAnswer refused(ChannelPayment payment, SettlementResponse response) {
    return new Refused(
        released(payment), Objects.requireNonNullElse(response.errorReason(), "unknown"));
  }

  /**
   * After a refusal because the server counted otherwise; empty when the payer cannot agree.
   *
   * @param shown the payer's own voucher, by which the server proves it
   */
  Optional<PayerChannel> corrected(
      ChannelPayment refused, BigInteger total, BigInteger held, Optional<Voucher> shown) {
    if (total.compareTo(tally.reported()) < 0
        && refused.channel().tally.reported().compareTo(tally.reported()) < 0) {
      // The refusal was overtaken by a reply to another call, which knows better.
      return Optional.of(released(refused));
    }
    var known = balance.max(held);
    if (total.compareTo(known) > 0) {
      return Optional.empty();
    }
    return tally
        .corrected(refused.amount(), total, shown.map(Voucher::ceiling))
        .map(
            counted ->
                new PayerChannel(
                    id,
                    config,
                    counted,
                    known,
                    incoming.subtract(refused.deposit()),
                    shown.isPresent() ? higher(shown.get()) : voucher));
  }

  private Optional<Voucher> higher(Voucher other) {
    return voucher
        .filter(own -> own.ceiling().compareTo(other.ceiling()) >= 0)
        .or(() -> Optional.of(other));
  }
}
