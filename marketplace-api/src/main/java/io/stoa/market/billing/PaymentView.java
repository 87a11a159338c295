package io.stoa.market.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.Settlement;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What became of a payment.
 *
 * @param status VERIFIED: the provider is at work; RELEASED: not charged, may be presented again;
 *     SETTLING: on its way to the chain; UNKNOWN: undecided until {@code deadline}; SETTLED: the
 *     money arrived; FREE: answered at a price of zero, so that none will; VOID: it never will;
 *     REFUND_DUE: it arrived upfront, and the provider gave nothing for it and owes {@code amount};
 *     REFUNDED: the provider paid that back
 * @param amount what it comes to; while the work may still cost less, the most it can
 * @param isFinal whether a reorganisation can no longer change it
 * @param listing that it was for; absent when another server had it settled
 * @param deadline by when an UNKNOWN one is decided, Unix seconds
 * @param refund the transaction that paid the price back
 * @param receipt where the signed receipt is
 */
@Schema(name = "Payment")
@JsonInclude(JsonInclude.Include.NON_NULL)
record PaymentView(
    String id,
    String status,
    boolean isFinal,
    String payer,
    String payTo,
    String amount,
    String asset,
    @Nullable Long listing,
    Instant presentedAt,
    @Nullable String transaction,
    @Nullable Long block,
    @Nullable String reason,
    @Nullable String deadline,
    @Nullable String refund,
    @Nullable String receipt) {

  static PaymentView of(Payment payment) {
    return switch (payment.state()) {
      case PaymentState.Verified _ -> undecided(payment, "VERIFIED", null);
      case PaymentState.Released _ -> undecided(payment, "RELEASED", null);
      case PaymentState.Free _ ->
          view(payment, "FREE", true, null, null, null, null, null, receipt(payment));
      case PaymentState.Settling _ -> undecided(payment, "SETTLING", null);
      case PaymentState.Unknown(var deadline) -> undecided(payment, "UNKNOWN", deadline.toString());
      case PaymentState.Settled(var settlement, var isFinal) ->
          settled(
              payment,
              "SETTLED",
              settlement,
              isFinal,
              null,
              payment.isOwed() ? null : receipt(payment));
      case PaymentState.RefundDue(var settlement, var isFinal) ->
          settled(payment, "REFUND_DUE", settlement, isFinal, null, null);
      case PaymentState.Refunded(var settlement, var refund) ->
          settled(payment, "REFUNDED", settlement, true, refund.toString(), null);
      case PaymentState.Voided(var reason, var block, var isFinal) ->
          view(payment, "VOID", isFinal, null, block.number(), reason, null, null, null);
    };
  }

  private static PaymentView undecided(Payment payment, String status, @Nullable String deadline) {
    return view(payment, status, false, null, null, null, deadline, null, null);
  }

  private static PaymentView settled(
      Payment payment,
      String status,
      Settlement settlement,
      boolean isFinal,
      @Nullable String refund,
      @Nullable String receipt) {
    return view(
        payment,
        status,
        isFinal,
        settlement.transaction().toString(),
        settlement.block().number(),
        null,
        null,
        refund,
        receipt);
  }

  private static String receipt(Payment payment) {
    return "/v1/receipts/" + payment.id();
  }

  private static PaymentView view(
      Payment payment,
      String status,
      boolean isFinal,
      @Nullable String transaction,
      @Nullable Long block,
      @Nullable String reason,
      @Nullable String deadline,
      @Nullable String refund,
      @Nullable String receipt) {
    var signed = payment.signed();
    return new PaymentView(
        payment.id().toString(),
        status,
        isFinal,
        signed.payer().toString(),
        signed.payTo().toString(),
        payment.charged().orElse(signed.amount()).units().toString(),
        signed.amount().asset().toString(),
        listing(payment.occasion()),
        payment.presentedAt(),
        transaction,
        block,
        reason,
        deadline,
        refund,
        receipt);
  }

  private static @Nullable Long listing(Occasion occasion) {
    return switch (occasion) {
      case Occasion.Call(var purchase, _, _) -> purchase.listing().value();
      case Occasion.Errand _ -> null;
    };
  }
}
