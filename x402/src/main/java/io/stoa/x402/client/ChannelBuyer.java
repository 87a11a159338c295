package io.stoa.x402.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.Voucher;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositDigests;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.PaymentIdentifier;
import io.stoa.x402.signature.PayerSignature;
import io.stoa.x402.signature.PayerSignature.Origin;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Optional;

/**
 * Pays calls out of channels, from one wallet (scheme {@code batch-settlement}): signs deposits,
 * vouchers and refunds. It remembers nothing itself; a {@link PayerChannel} does.
 */
public final class ChannelBuyer {
  /** Calls that the first deposit is good for when the server does not say what it wants. */
  private static final BigInteger CALLS_PER_DEPOSIT = BigInteger.TEN;

  private final SigningKey wallet;
  private final ChannelLimits limits;
  private final ChannelDigests digests;
  private final Clock clock;

  public ChannelBuyer(SigningKey wallet, ChannelLimits limits, Clock clock) {
    this.wallet = wallet;
    this.limits = limits;
    this.digests = ChannelDigests.of(limits.perCall().asset().chain());
    this.clock = clock;
  }

  /** The first option this buyer understands and can afford. */
  public Optional<PaymentRequirements> choose(PaymentRequired required) {
    return required.accepts().stream().filter(option -> acceptable(option).isPresent()).findFirst();
  }

  /** What an option asks of a channel, if this buyer takes it. */
  private Optional<ChannelTerms> acceptable(PaymentRequirements option) {
    var cap = limits.perCall();
    if (!option.scheme().equals(ChannelTerms.SCHEME)
        || !Options.isPlain(option)
        || !Options.asset(option).equals(cap.asset())
        || option.amount().compareTo(cap.units()) > 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(ChannelTerms.read(option));
    } catch (MalformedPayment impossible) {
      return Optional.empty();
    }
  }

  /**
   * A channel that nobody used yet: its first call comes with a deposit.
   *
   * @param salt one that this wallet has not used with this receiver
   */
  public PayerChannel open(PaymentRequirements chosen, Bytes32 salt) {
    return resume(chosen, salt, BigInteger.ZERO, BigInteger.ZERO);
  }

  /**
   * A channel of which only the chain is remembered. Its server will correct the first call.
   *
   * @param balance what the channel holds, claims included
   * @param claimed what was claimed in all
   */
  public PayerChannel resume(
      PaymentRequirements chosen, Bytes32 salt, BigInteger balance, BigInteger claimed) {
    var terms = termsOf(chosen);
    var config =
        new ChannelConfig(
            wallet.address(),
            wallet.address(),
            chosen.payTo(),
            terms.receiverAuthorizer(),
            Options.asset(chosen),
            terms.withdrawDelay(),
            salt);
    return PayerChannel.of(digests.channelId(config), config, balance, claimed);
  }

  /**
   * Signs for one call, with a deposit if the channel's balance does not cover it. Empty while the
   * channel must wait for a reply: to a deposit, or to any call where the server takes one at a
   * time. Fails for an option that {@link #choose} would not take, or that is not for this channel.
   */
  public Optional<ChannelPayment.Call> pay(
      PayerChannel channel, PaymentRequired required, PaymentRequirements chosen) {
    var terms = terms(channel, chosen);
    var needed = channel.ceiling(chosen.amount());
    var missing = needed.subtract(channel.balance()).max(BigInteger.ZERO);
    var deposit = missing.signum() == 0 ? missing : deposit(missing, terms, chosen);
    var balance = channel.balance().add(deposit);
    var headroom = headroom(channel, balance, required);
    boolean isLiteral = headroom.signum() == 0;
    boolean isFunding = deposit.signum() > 0;
    if ((isLiteral && !channel.isIdle()) || (isFunding && channel.isFunding())) {
      return Optional.empty();
    }
    var voucher = voucher(channel, needed, needed.add(headroom).min(balance));
    var payload =
        isFunding
            ? new BatchPayload.Deposit(
                channel.config(), voucher, deposit, authorization(channel, deposit, chosen))
            : new BatchPayload.Pay(channel.config(), voucher);
    return Optional.of(
        new ChannelPayment.Call(
            Envelope.header(
                required, chosen, BatchPayloads.write(payload), extensions(required, isLiteral)),
            channel.paying(chosen.amount(), deposit, voucher),
            chosen.amount(),
            deposit,
            balance,
            isLiteral));
  }

  /**
   * Asks for money back. Empty while a reply is awaited.
   *
   * @param asked in the token's smallest unit; empty for all that is left
   */
  public Optional<ChannelPayment.Refund> refund(
      PayerChannel channel,
      PaymentRequired required,
      PaymentRequirements chosen,
      Optional<BigInteger> asked) {
    terms(channel, chosen);
    if (!channel.isIdle()) {
      return Optional.empty();
    }
    var payload =
        new BatchPayload.Refund(channel.config(), sign(channel, channel.charged()), asked);
    return Optional.of(
        new ChannelPayment.Refund(
            Envelope.header(
                required, chosen, BatchPayloads.write(payload), extensions(required, true)),
            channel,
            asked));
  }

  /**
   * What to go on with after a 402 that says that the server counted otherwise: it must show this
   * wallet's own signature over at least what it says was charged, and that may not be more than
   * this wallet ever agreed to. Empty when the payer does not agree, or not before the replies to
   * its other calls are here.
   */
  public Optional<PayerChannel> corrected(
      PayerChannel channel, ChannelPayment refused, PaymentRequired answer) {
    if (!answer.error().equals(BatchReason.CUMULATIVE_AMOUNT_MISMATCH)
        && !answer.error().equals(BatchReason.CUMULATIVE_BELOW_CLAIMED)) {
      return Optional.empty();
    }
    return answer.accepts().stream()
        .flatMap(option -> correction(option).stream())
        .filter(said -> said.state().channel().equals(channel.id()))
        .filter(said -> said.voucher().isEmpty() || isOwn(said.voucher().get()))
        .findFirst()
        .flatMap(
            said ->
                channel.corrected(
                    refused, said.state().charged(), said.state().balance(), said.voucher()));
  }

  private static Optional<Correction> correction(PaymentRequirements option) {
    try {
      return option.scheme().equals(ChannelTerms.SCHEME)
          ? Correction.read(option)
          : Optional.empty();
    } catch (MalformedPayment unreadable) {
      return Optional.empty();
    }
  }

  private boolean isOwn(Voucher voucher) {
    var digest = digests.voucher(voucher.channel(), voucher.ceiling());
    return PayerSignature.of(wallet.address(), digest, voucher.signature()).origin()
        == Origin.PAYER;
  }

  private ChannelTerms terms(PayerChannel channel, PaymentRequirements chosen) {
    var terms = termsOf(chosen);
    if (!channel.config().payer().equals(wallet.address())
        || terms.objection(channel.config(), chosen).isPresent()) {
      throw new IllegalArgumentException("an option that is not for this channel");
    }
    return terms;
  }

  private ChannelTerms termsOf(PaymentRequirements chosen) {
    return acceptable(chosen)
        .orElseThrow(() -> new IllegalArgumentException("an option this buyer does not take"));
  }

  /**
   * How much more than the calls at hand is signed for; zero where each is signed for by itself.
   * That is also so while a voucher is out that the balance does not cover: with headroom, ceilings
   * never go down.
   */
  private BigInteger headroom(PayerChannel channel, BigInteger balance, PaymentRequired required) {
    return required.extensions().path(ChannelHeadroom.KEY).isObject()
            && required.extensions().path(PaymentIdentifier.KEY).path("info").isObject()
            && channel.voucher().filter(out -> out.ceiling().compareTo(balance) > 0).isEmpty()
        ? limits.headroom()
        : BigInteger.ZERO;
  }

  /** An echo, with a name for this call where calls may run side by side. */
  private static ObjectNode extensions(PaymentRequired required, boolean isLiteral) {
    var echo = required.extensions().deepCopy();
    if (isLiteral) {
      return echo.without(ChannelHeadroom.KEY);
    }
    ((ObjectNode) echo.path(PaymentIdentifier.KEY).path("info"))
        .put("id", Nonces.fresh().toString());
    return echo;
  }

  /** What the server wants at least, if this buyer goes so far; never less than is missing. */
  private BigInteger deposit(BigInteger missing, ChannelTerms terms, PaymentRequirements chosen) {
    var wanted = terms.minDeposit().orElseGet(() -> chosen.amount().multiply(CALLS_PER_DEPOSIT));
    return missing.max(wanted.min(limits.perDeposit()));
  }

  private DepositAuthorization authorization(
      PayerChannel channel, BigInteger deposit, PaymentRequirements chosen) {
    var salt = Nonces.fresh().toUnsigned();
    var validBefore = Options.validBefore(chosen, clock);
    var digest =
        DepositDigests.receive(
            wallet.address(),
            deposit,
            BigInteger.ZERO,
            validBefore,
            DepositDigests.nonce(channel.id(), salt),
            Options.domain(chosen));
    return new DepositAuthorization.Erc3009(
        BigInteger.ZERO, validBefore, salt, Bytes.wrap(wallet.sign(digest).toBytes()));
  }

  /** The voucher that was signed before, while it covers {@code needed}; else a new one. */
  private Voucher voucher(PayerChannel channel, BigInteger needed, BigInteger ceiling) {
    return ceiling.equals(needed)
        ? sign(channel, needed)
        : channel
            .voucher()
            .filter(highest -> highest.ceiling().compareTo(needed) >= 0)
            .orElseGet(() -> sign(channel, ceiling));
  }

  private Voucher sign(PayerChannel channel, BigInteger ceiling) {
    var signature = wallet.sign(digests.voucher(channel.id(), ceiling));
    return new Voucher(channel.id(), ceiling, Bytes.wrap(signature.toBytes()));
  }
}
