package io.stoa.x402.client;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TransferAuthorization;
import java.math.BigInteger;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Predicate;

/** Pays what it is asked to, from one wallet, never more than its cap for one call. */
public final class Buyer {
  private final SigningKey wallet;
  private final Predicate<TokenAmount> isAffordable;
  private final Clock clock;

  /** Pays in the asset of {@code cap} and in no other: a number means nothing without its token. */
  public Buyer(SigningKey wallet, TokenAmount cap, Clock clock) {
    this(
        wallet,
        price -> price.asset().equals(cap.asset()) && price.units().compareTo(cap.units()) <= 0,
        clock);
  }

  /**
   * Pays in any asset; for wallets that hold only one worth anything.
   *
   * @param cap in the asset's smallest unit
   */
  public Buyer(SigningKey wallet, BigInteger cap, Clock clock) {
    this(wallet, price -> price.units().compareTo(cap) <= 0, clock);
  }

  private Buyer(SigningKey wallet, Predicate<TokenAmount> isAffordable, Clock clock) {
    this.wallet = wallet;
    this.isAffordable = isAffordable;
    this.clock = clock;
  }

  /** The first option this buyer understands and can afford. */
  public Optional<PaymentRequirements> choose(PaymentRequired required) {
    return required.accepts().stream().filter(this::isAcceptable).findFirst();
  }

  /**
   * Signs {@code chosen}. The payment may be sent any number of times: it is charged at most once.
   * Fails for an option that {@link #choose} would not take.
   */
  public Payment pay(PaymentRequired required, PaymentRequirements chosen) {
    if (!isAcceptable(chosen)) {
      throw new IllegalArgumentException("an option this buyer does not take");
    }
    var transfer =
        new TransferAuthorization(
                Options.price(chosen),
                chosen.payTo(),
                BigInteger.ZERO,
                Options.validBefore(chosen, clock),
                Nonces.fresh())
            .signedBy(wallet, Options.domain(chosen));
    return new Payment(transfer, header(required, chosen, transfer));
  }

  private boolean isAcceptable(PaymentRequirements option) {
    return option.scheme().equals(ExactEip3009.SCHEME)
        && Options.isPlain(option)
        && isAffordable.test(Options.price(option));
  }

  private static String header(
      PaymentRequired required, PaymentRequirements chosen, SignedTransfer transfer) {
    var payload = HeaderCodec.object().put("signature", transfer.signature().toString());
    payload
        .putObject("authorization")
        .put("from", transfer.payer().toString())
        .put("to", transfer.payTo().toString())
        .put("value", transfer.amount().units().toString())
        .put("validAfter", transfer.validAfter().toString())
        .put("validBefore", transfer.validBefore().toString())
        .put("nonce", transfer.nonce().toString());
    return Envelope.header(required, chosen, payload, required.extensions());
  }
}
