package io.stoa.market.inference;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.stoa.x402.X402;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.extension.SignInWithX;
import io.stoa.x402.permit2.Permit2Payments;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Writes every answer of the gateway. May be called from any thread. Strangers' bytes leave
 * sandboxed, and nothing that was paid for may be cached by others.
 */
@Singleton
final class Replies {
  private static final System.Logger LOG = System.getLogger(Replies.class.getName());

  private static final Set<String> ACTIVE_CONTENT =
      Set.of("text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml");

  /** How many may wait for offers that nobody asked for yet; none of them with a body. */
  private static final int MOST_UNSIGNED = 4_096;

  private static final String RECEIPT = "Stoa-Receipt";

  private final Attestations attestations;
  private final SignInWithX signIns;
  private final VersionOne versionOne;
  private final Clock clock;
  private final CallThreads signing = new CallThreads("offer", MOST_UNSIGNED);
  private final ObjectMapper json;

  Replies(
      Attestations attestations,
      SignInWithX signIns,
      VersionOne versionOne,
      Clock clock,
      ObjectMapper json) {
    this.attestations = attestations;
    this.signIns = signIns;
    this.versionOne = versionOne;
    this.clock = clock;
    this.json = json;
  }

  void paymentRequired(RoutingContext context, PaymentRequired required) {
    required(
        context, 402, required.error(), "Pay one of the offers in PAYMENT-REQUIRED.", required);
  }

  /** The payment does not hold; the buyer may make another. */
  void refused(RoutingContext context, PaymentRequired required, String reason) {
    if (reason.equals(BatchReason.PERMIT2_ALLOWANCE_REQUIRED)) {
      allowanceRequired(context, required, reason);
      return;
    }
    required(
        context,
        402,
        reason,
        "The payment was refused: " + reason + ". Nothing was charged.",
        required.because(reason));
  }

  /** The payer must approve Permit2 first: the same payment may then be presented again. */
  void allowanceRequired(RoutingContext context, PaymentRequired required) {
    allowanceRequired(context, required, Permit2Payments.ALLOWANCE_REQUIRED);
  }

  private void allowanceRequired(RoutingContext context, PaymentRequired required, String reason) {
    required(
        context,
        412,
        reason,
        "Permit2 may not move enough of the payer's tokens yet. Nothing was charged.",
        required.because(reason));
  }

  void malformed(RoutingContext context, PaymentRequired required, MalformedPayment malformed) {
    required(
        context,
        400,
        malformed.reason(),
        "The payment cannot be read: " + malformed.getMessage(),
        required.because(malformed.reason()));
  }

  void voided(RoutingContext context, PaymentRequired required, Admission.Voided voided) {
    var signed = voided.payment().signed();
    var failed =
        SettlementResponse.failed(signed.amount().asset().chain(), signed.payer(), voided.reason());
    tell(context, failed);
    refused(context, required, voided.reason());
  }

  void undecided(RoutingContext context, PaymentId id) {
    problem(
        context,
        new MarketException.OutcomeUnknown(
            "payment-undecided",
            "Payment %s is not decided yet. Do not pay again: send the same request later."
                .formatted(id),
            "/v1/payments/" + id));
  }

  void undecided(RoutingContext context, ChannelId channel) {
    problem(
        context,
        new MarketException.OutcomeUnknown(
            "refund-undecided",
            "The refund of channel %s is not decided yet: send the same request later."
                .formatted(channel),
            "/v1/channels/" + channel));
  }

  /** A name stands for one payment for one request. */
  void nameTaken(RoutingContext context) {
    problem(
        context,
        new MarketException.Conflict(
            "payment-identifier-used",
            "This payment identifier stands for another payment or another request."));
  }

  /** Paid for once, and nothing left to give. */
  void forgotten(RoutingContext context, PaymentId id) {
    problem(
        context,
        new MarketException.Conflict(
            "answer-expired", "Payment " + id + " was taken; its answer is not kept any more."));
  }

  /** The paid answer, the same bytes however often it is fetched. */
  void delivered(RoutingContext context, Admission.Delivered delivered) {
    context.response().putHeader(RECEIPT, "/v1/receipts/" + delivered.payment().id());
    paid(context, response(delivered.payment(), delivered.settlement()), delivered.answer());
  }

  /** Begins the reply to a call that is paid already, whatever will be answered. */
  void settled(RoutingContext context, Payment payment, Settlement settlement) {
    tell(context, response(payment, settlement));
  }

  /** It was charged, and there is no answer. */
  void refundDue(RoutingContext context, Admission.RefundDue due) {
    settled(context, due.payment(), due.settlement());
    problem(
        context,
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
  void charged(RoutingContext context, SettlementResponse settlement, Hold hold, Answer answer) {
    context.response().putHeader(RECEIPT, receipt(hold));
    paid(context, settlement, answer);
  }

  private void paid(RoutingContext context, SettlementResponse settlement, Answer answer) {
    var confirmed = attestations.receipt(settlement, context.request().path(), answer.at());
    tell(context, confirmed);
    strangers(context.response(), answer);
  }

  /** Adds where the money went to the answer that comes. */
  void tell(RoutingContext context, SettlementResponse outcome) {
    context.response().putHeader(X402.PAYMENT_RESPONSE, outcome.header());
    versionOne.tell(context.request(), context.response(), outcome);
  }

  /** There is no answer but where the money went. */
  void refunded(RoutingContext context, SettlementResponse settlement) {
    context
        .response()
        .putHeader(X402.PAYMENT_RESPONSE, settlement.header())
        .putHeader("Cache-Control", "private, no-store")
        .setStatusCode(204);
    end(context.response(), Buffer.buffer());
  }

  /** The answer to a request whose metered price is zero. */
  void deliveredFree(RoutingContext context, Admission.DeliveredFree free) {
    var signed = free.payment().signed();
    var settled = SettlementResponse.free(signed.amount().asset().chain(), signed.payer());
    context.response().putHeader(RECEIPT, "/v1/receipts/" + free.payment().id());
    paid(context, settled, free.answer());
  }

  /** The provider found fault with the request: its words, and no charge. */
  void declined(RoutingContext context, Answer answer) {
    strangers(context.response(), answer);
  }

  /**
   * Does {@code work}, which answers, on one of {@code threads}; where it fails, that is the
   * answer.
   */
  void answering(RoutingContext context, CallThreads threads, Runnable work) {
    answering(context, () -> threads.start(() -> answering(context, work)));
  }

  private void answering(RoutingContext context, Runnable work) {
    try {
      work.run();
    } catch (MarketException failure) {
      problem(context, failure);
    } catch (RuntimeException bug) {
      LOG.log(ERROR, "call failed", bug);
      failed(context);
    }
  }

  void problem(RoutingContext context, MarketException failure) {
    problem(context, Problem.of(failure));
  }

  /** The provider gave nothing that could be charged. */
  void failed(RoutingContext context, ProviderReply.Failed failed) {
    problem(
        context,
        new MarketException.ProviderFailed(
            failed.code(), failed.message() + " Nothing was charged."));
  }

  /** The request did not arrive, and is not waited for any more. */
  void tooSlow(RoutingContext context) {
    problem(
        context,
        Problem.of(408, "body-too-slow", "The body did not arrive in time. Nothing was charged."));
  }

  /** The same for a call that was paid upfront. */
  void failedAlthoughPaid(RoutingContext context, ProviderReply.Failed failed) {
    problem(
        context,
        new MarketException.ProviderFailed(
            failed.code(),
            failed.message() + " The payment was charged: send the same request again."));
  }

  private void failed(RoutingContext context) {
    problem(
        context,
        Problem.of(500, "internal", "This node failed; the request id names the failure."));
  }

  private void required(
      RoutingContext context, int status, String reason, String detail, PaymentRequired required) {
    var known = attestations.known(required);
    if (known.isPresent()) {
      required(context, status, reason, detail, required, known.get());
    } else if (Thread.currentThread().isVirtual()) {
      required(context, status, reason, detail, required, attestations.sign(required));
    } else {
      answering(
          context,
          signing,
          () -> required(context, status, reason, detail, required, attestations.sign(required)));
    }
  }

  /**
   * @param offered the same with signed offers
   */
  private void required(
      RoutingContext context,
      int status,
      String reason,
      String detail,
      PaymentRequired required,
      PaymentRequired offered) {
    var challenge = signIns.challenge(context.request().path(), clock.instant());
    context
        .response()
        .putHeader(X402.PAYMENT_REQUIRED, offered.with(SignInWithX.KEY, challenge).header());
    var terms = status == 402 ? versionOne.terms(required) : Optional.<byte[]>empty();
    if (terms.isPresent()) {
      context.response().putHeader("Content-Type", "application/json");
      send(context.response(), status, terms.get());
    } else {
      var code = reason.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      problem(context, Problem.of(status, code, detail));
    }
  }

  private void problem(RoutingContext context, Problem problem) {
    var response = context.response();
    problem
        .retryAfter()
        .ifPresent(
            pause ->
                response.putHeader("Retry-After", Long.toString(Math.max(1, pause.toSeconds()))));
    response.putHeader("Content-Type", Problem.MEDIA_TYPE);
    try {
      send(response, problem.status(), json.writeValueAsBytes(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Begins an answer that is passed on as it comes.
   *
   * @param begun where the channel stood before the call
   */
  StreamReply begin(RoutingContext context, SettlementResponse begun, ProviderStream stream) {
    var response = context.response();
    response.putHeader(X402.PAYMENT_RESPONSE, begun.header());
    head(response, stream.status(), stream.headers());
    var path = context.request().path();
    return StreamReply.begin(
        response, stream.isEventStream(), settlement -> attestations.receipt(settlement, path));
  }

  /** What is this node's own. */
  private static void send(HttpServerResponse response, int status, byte[] body) {
    response.putHeader("Cache-Control", "no-store");
    end(response.setStatusCode(status), Buffer.buffer(body));
  }

  private static void strangers(HttpServerResponse response, Answer answer) {
    head(response, answer.status(), answer.headers());
    end(response, Buffer.buffer(answer.body().toBytes()));
  }

  private static void head(HttpServerResponse response, int status, List<Answer.Header> headers) {
    headers.forEach(header -> response.headers().add(header.name(), header.value()));
    response
        .setStatusCode(status)
        .putHeader("Cache-Control", "private, no-store")
        .putHeader("Content-Security-Policy", "sandbox")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (ACTIVE_CONTENT.contains(MediaTypes.essence(response.headers().get("Content-Type")))) {
      response.putHeader("Content-Disposition", "attachment");
    }
  }

  private static String receipt(Hold hold) {
    return "/v1/channels/%s/calls/%d/receipt".formatted(hold.channel(), hold.fence());
  }

  /** A buyer who hung up gets nothing; the payment keeps its course. */
  private static void end(HttpServerResponse response, Buffer body) {
    if (!response.closed() && !response.ended()) {
      response.end(body);
    }
  }
}
