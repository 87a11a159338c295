package io.stoa.payments;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Delivery;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.domain.payment.Settlement;
import io.stoa.persistence.till.Hold;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.receipt.DeliveryReceipt;
import io.stoa.x402.receipt.PaidBy;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Writes receipts for what was paid, and for nothing else (docs/receipts.md): what is to be signed
 * when somebody asks for it.
 */
public final class Receipts {
  private static final System.Logger LOG = System.getLogger(Receipts.class.getName());

  private final Clock clock;

  public Receipts(Clock clock) {
    this.clock = clock;
  }

  /**
   * For a call whose money arrived; empty while nothing was delivered for it, as for an errand
   * nothing ever is here.
   */
  Optional<String> issue(Payment payment, Settlement settlement) {
    return issue(payment, new PaidBy.Transaction(payment.id(), settlement.transaction()));
  }

  /** The same for one that came to a price of zero. */
  Optional<String> issueFree(Payment payment) {
    return issue(payment, new PaidBy.Nothing(payment.id()));
  }

  private Optional<String> issue(Payment payment, PaidBy paidBy) {
    return switch (payment.occasion()) {
      case Occasion.Call call ->
          call.delivery().map(delivery -> issue(payment, call, delivery, paidBy));
      case Occasion.Errand _ -> Optional.empty();
    };
  }

  private String issue(Payment payment, Occasion.Call call, Delivery delivery, PaidBy paidBy) {
    var signed = payment.signed();
    return document(
        new DeliveryReceipt(
            paidBy,
            call.purchase(),
            call.request(),
            delivery.bodySha256(),
            delivery.usage(),
            payment.price(),
            signed.payer(),
            signed.payTo(),
            now()));
  }

  /**
   * For a call that a channel is charged for, to be kept by the charge itself: without the charge
   * it is worth nothing and may not leave the node.
   *
   * @param hold the right to charge
   * @param config of the hold's channel
   * @param price in the smallest unit of the channel's asset; zero for a call that cost nothing
   * @param usage by which it was priced; nothing when the price is fixed
   */
  public String issue(
      Hold hold,
      ChannelConfig config,
      Purchase purchase,
      RequestDigest request,
      Bytes32 responseSha256,
      BigInteger price,
      Usage usage) {
    return document(
        new DeliveryReceipt(
            new PaidBy.Channel(new ChannelCall(hold.channel(), hold.fence())),
            purchase,
            request,
            responseSha256,
            usage,
            new TokenAmount(config.asset(), price),
            config.payer(),
            config.receiver(),
            now()));
  }

  private static String document(DeliveryReceipt receipt) {
    return HeaderCodec.text(receipt.json());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** What stands for an issued receipt in its epoch; empty for one that cannot be read. */
  static Optional<Bytes32> digest(String document) {
    try {
      return Optional.of(DeliveryReceipt.read(document.getBytes(UTF_8)).digest());
    } catch (MalformedPayment damaged) {
      LOG.log(WARNING, "a receipt that cannot be read", damaged);
      return Optional.empty();
    }
  }
}
