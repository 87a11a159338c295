package io.stoa.market.inference;

import static java.lang.System.Logger.Level.ERROR;

import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.Payment;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.Settlement;
import io.stoa.market.web.Problem;
import io.stoa.payments.Admission;
import io.stoa.payments.Answer;
import io.stoa.persistence.till.Hold;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.permit2.Permit2Payments;
import jakarta.inject.Singleton;
import java.util.Locale;

/** Says how calls ended, in the same words by whatever protocol they came. */
@Singleton
final class Replies {
  private static final System.Logger LOG = System.getLogger(Replies.class.getName());

  /** How many may wait for offers that nobody asked for yet; none of them with a body. */
  private static final int MOST_UNSIGNED = 4_096;

  private final Attestations attestations;
  private final CallThreads signing = new CallThreads("offer", MOST_UNSIGNED);

  Replies(Attestations attestations) {
    this.attestations = attestations;
  }

  void paymentRequired(Caller caller, PaymentRequired required) {
    required(caller, 402, required.error(), "Pay one of the offers in PAYMENT-REQUIRED.", required);
  }

  /** The payment does not hold; the buyer may make another. */
  void refused(Caller caller, PaymentRequired required, String reason) {
    if (reason.equals(BatchReason.PERMIT2_ALLOWANCE_REQUIRED)) {
      allowanceRequired(caller, required, reason);
      return;
    }
    required(
        caller,
        402,
        reason,
        "The payment was refused: " + reason + ". Nothing was charged.",
        required.because(reason));
  }

  /** The payer must approve Permit2 first: the same payment may then be presented again. */
  void allowanceRequired(Caller caller, PaymentRequired required) {
    allowanceRequired(caller, required, Permit2Payments.ALLOWANCE_REQUIRED);
  }

  private void allowanceRequired(Caller caller, PaymentRequired required, String reason) {
    required(
        caller,
        412,
        reason,
        "Permit2 may not move enough of the payer's tokens yet. Nothing was charged.",
        required.because(reason));
  }

  void malformed(Caller caller, PaymentRequired required, MalformedPayment malformed) {
    required(
        caller,
        400,
        malformed.reason(),
        "The payment cannot be read: " + malformed.getMessage(),
        required.because(malformed.reason()));
  }

  void voided(Caller caller, PaymentRequired required, Admission.Voided voided) {
    var signed = voided.payment().signed();
    var failed =
        SettlementResponse.failed(signed.amount().asset().chain(), signed.payer(), voided.reason());
    caller.tell(failed);
    refused(caller, required, voided.reason());
  }

  void undecided(Caller caller, PaymentId id) {
    problem(
        caller,
        new MarketException.OutcomeUnknown(
            "payment-undecided",
            "Payment %s is not decided yet. Do not pay again: send the same request later."
                .formatted(id),
            "/v1/payments/" + id));
  }

  void undecided(Caller caller, ChannelId channel) {
    problem(
        caller,
        new MarketException.OutcomeUnknown(
            "refund-undecided",
            "The refund of channel %s is not decided yet: send the same request later."
                .formatted(channel),
            "/v1/channels/" + channel));
  }

  /** A name stands for one payment for one request. */
  void nameTaken(Caller caller) {
    problem(
        caller,
        new MarketException.Conflict(
            "payment-identifier-used",
            "This payment identifier stands for another payment or another request."));
  }

  /** Paid for once, and nothing left to give. */
  void forgotten(Caller caller, PaymentId id) {
    problem(
        caller,
        new MarketException.Conflict(
            "answer-expired", "Payment " + id + " was taken; its answer is not kept any more."));
  }

  /** The paid answer, the same bytes however often it is fetched. */
  void delivered(Caller caller, Admission.Delivered delivered) {
    caller.tellReceipt("/v1/receipts/" + delivered.payment().id());
    paid(caller, response(delivered.payment(), delivered.settlement()), delivered.answer());
  }

  /** Begins the reply to a call that is paid already, whatever will be answered. */
  void settled(Caller caller, Payment payment, Settlement settlement) {
    caller.tell(response(payment, settlement));
  }

  /** It was charged, and there is no answer. */
  void refundDue(Caller caller, Admission.RefundDue due) {
    settled(caller, due.payment(), due.settlement());
    caller.problem(
        Problem.of(
            502,
            "refund-due",
            "Payment %s was charged, and its provider gave nothing for it and owes a refund."
                .formatted(due.payment().id())));
  }

  private static SettlementResponse response(Payment payment, Settlement settlement) {
    var signed = payment.signed();
    return SettlementResponse.settled(
        settlement.transaction(),
        signed.amount().asset().chain(),
        signed.payer(),
        payment.price().units());
  }

  /** The answer to a call that was paid out of a channel. */
  void charged(Caller caller, SettlementResponse settlement, Hold hold, Answer answer) {
    caller.tellReceipt(receipt(hold));
    paid(caller, settlement, answer);
  }

  private void paid(Caller caller, SettlementResponse settlement, Answer answer) {
    caller.tell(attestations.receipt(settlement, caller.request().resource(), answer.at()));
    caller.answer(answer);
  }

  /** There is no answer but where the money went. */
  void refunded(Caller caller, SettlementResponse settlement) {
    caller.tell(settlement);
    caller.nothing();
  }

  /** The answer to a request whose metered price is zero. */
  void deliveredFree(Caller caller, Admission.DeliveredFree free) {
    var signed = free.payment().signed();
    var settled = SettlementResponse.free(signed.amount().asset().chain(), signed.payer());
    caller.tellReceipt("/v1/receipts/" + free.payment().id());
    paid(caller, settled, free.answer());
  }

  /**
   * Does {@code work}, which answers, on one of {@code threads}; where it fails, that is the
   * answer.
   */
  void answering(Caller caller, CallThreads threads, Runnable work) {
    answering(caller, () -> threads.start(() -> answering(caller, work)));
  }

  private void answering(Caller caller, Runnable work) {
    try {
      work.run();
    } catch (MarketException failure) {
      problem(caller, failure);
    } catch (RuntimeException bug) {
      LOG.log(ERROR, "call failed: " + caller.request().name(), bug);
      failed(caller);
    } catch (Error fatal) {
      // Whoever waits must not wait for ever.
      failed(caller);
      throw fatal;
    }
  }

  void problem(Caller caller, MarketException failure) {
    caller.problem(Problem.of(failure));
  }

  /** The provider gave nothing that could be charged. */
  void failed(Caller caller, ProviderReply.Failed failed) {
    problem(
        caller,
        new MarketException.ProviderFailed(
            failed.code(), failed.message() + " Nothing was charged."));
  }

  /** The request did not arrive, and is not waited for any more. */
  void tooSlow(Caller caller) {
    caller.problem(
        Problem.of(408, "body-too-slow", "The body did not arrive in time. Nothing was charged."));
  }

  /** The same for a call that was paid upfront. */
  void failedAlthoughPaid(Caller caller, ProviderReply.Failed failed) {
    problem(
        caller,
        new MarketException.ProviderFailed(
            failed.code(),
            failed.message() + " The payment was charged: send the same request again."));
  }

  private void failed(Caller caller) {
    caller.problem(
        Problem.of(500, "internal", "This node failed; the request id names the failure."));
  }

  private void required(
      Caller caller, int status, String reason, String detail, PaymentRequired required) {
    var code = reason.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    var problem = Problem.of(status, code, detail);
    var known = attestations.known(required);
    if (known.isPresent()) {
      caller.require(known.get(), problem);
    } else if (Thread.currentThread().isVirtual()) {
      caller.require(attestations.sign(required), problem);
    } else {
      answering(caller, signing, () -> caller.require(attestations.sign(required), problem));
    }
  }

  /**
   * Begins an answer that is passed on as it comes.
   *
   * @param begun where the channel stood before the call
   */
  StreamReply begin(Caller caller, SettlementResponse begun, ProviderStream stream) {
    var resource = caller.request().resource();
    return caller.begin(begun, stream, settlement -> attestations.receipt(settlement, resource));
  }

  private static String receipt(Hold hold) {
    return "/v1/channels/%s/calls/%d/receipt".formatted(hold.channel(), hold.fence());
  }
}
