package io.stoa.payments.facilitator;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.stoa.domain.MarketException;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.payments.DepositRelay;
import io.stoa.payments.Settlements;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.batch.ServerOrders;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.facilitator.VerifyResponse;
import io.stoa.x402.facilitator.VerifyResponse.Invalid;
import io.stoa.x402.facilitator.VerifyResponse.Valid;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2Payments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Verifies and settles payments for other servers. Blocks: call from a virtual thread; fails with
 * {@link MarketException.Unavailable} when the chain does not answer.
 */
public final class FacilitatorDesk {
  private final Door door;
  private final Settlements settlements;
  private final ChannelCheck channels;
  private final DepositRelay deposits;
  private final ServerOrders orders;
  private final ReceiverDesk receivers;
  private final Clock clock;

  FacilitatorDesk(
      Door door,
      Settlements settlements,
      ChannelCheck channels,
      DepositRelay deposits,
      ServerOrders orders,
      ReceiverDesk receivers,
      Clock clock) {
    this.door = door;
    this.settlements = settlements;
    this.channels = channels;
    this.deposits = deposits;
    this.orders = orders;
    this.receivers = receivers;
    this.clock = clock;
  }

  /**
   * Says whether a payment would be settled now. Changes nothing, remembers nothing. Blocks as the
   * other methods do, but a transfer waits for the chain with others, and on no thread.
   */
  public CompletableFuture<VerifyResponse> verify(FacilitatorRequest request) {
    try {
      return switch (door.of(request)) {
        case Door.Result.Closed(var reason) -> completedFuture(Invalid.because(reason));
        case Door.Result.Open(var domain) ->
            verify(request.payment().accepting(request.requirements()), domain);
      };
    } catch (MalformedPayment malformed) {
      return completedFuture(Invalid.of(malformed));
    }
  }

  private CompletableFuture<VerifyResponse> verify(PaymentPayload payment, TokenDomain domain)
      throws MalformedPayment {
    if (payment.accepted().scheme().equals(ChannelTerms.SCHEME)) {
      return completedFuture(
          channels.check(
              BatchPayloads.read(payment),
              Eip2612Approval.read(payment),
              payment.accepted(),
              domain));
    }
    var order = order(payment, domain);
    var payer = order.signed().payer();
    return settlements
        .objection(order)
        .thenApply(
            objection ->
                objection
                    .<VerifyResponse>map(reason -> new Invalid(reason, payer))
                    .orElseGet(() -> new Valid(payer)));
  }

  /**
   * Settles a payment, or carries out what a server wants done with its channels: once, however
   * often it is asked. Fails with {@link MarketException.OutcomeUnknown} when it was not sent in
   * time and may still be.
   *
   * @param asker who wants it
   */
  public SettlementResponse settle(FacilitatorRequest request, Asker asker, Duration patience) {
    var asked = request.requirements();
    try {
      return switch (door.of(request)) {
        case Door.Result.Closed(var reason) -> SettlementResponse.refused(asked.network(), reason);
        case Door.Result.Open(var domain) ->
            settle(request.payment().accepting(asked), domain, asker, patience);
      };
    } catch (MalformedPayment malformed) {
      return SettlementResponse.refused(asked.network(), malformed.reason());
    }
  }

  private SettlementResponse settle(
      PaymentPayload payment, TokenDomain domain, Asker asker, Duration patience)
      throws MalformedPayment {
    var network = payment.accepted().network();
    var deadline = clock.instant().plus(patience);
    if (!payment.accepted().scheme().equals(ChannelTerms.SCHEME)) {
      var order = order(payment, domain);
      return asker.isDust(order.signed().amount().units())
          ? SettlementResponse.failed(network, order.signed().payer(), Asker.DUST)
          : response(order, settlements.settle(order, deadline));
    }
    if (ServerOrders.isOne(payment)) {
      return receivers.carryOut(orders.read(payment), asker.receivers(), patience);
    }
    if (!(BatchPayloads.read(payment) instanceof BatchPayload.Deposit deposit)) {
      return SettlementResponse.refused(network, BatchReason.UNKNOWN_SETTLE_ACTION);
    }
    return asker.isDust(deposit.amount())
        ? SettlementResponse.failed(network, deposit.config().payer(), Asker.DUST)
        : deposit(payment, deposit, domain, deadline);
  }

  private static Settlements.Order order(PaymentPayload payment, TokenDomain domain)
      throws MalformedPayment {
    SignedPayment signed =
        Permit2Payments.isOne(payment) ? Permit2Payments.read(payment) : ExactEip3009.read(payment);
    return new Settlements.Order(signed, Eip2612Approval.read(payment), payment.accepted(), domain);
  }

  private static SettlementResponse response(Settlements.Order order, Settlements.Outcome outcome) {
    var network = order.requirements().network();
    var payer = order.signed().payer();
    return switch (outcome) {
      case Settlements.Outcome.Settled(var payment, var settlement) ->
          SettlementResponse.settled(
              settlement.transaction(), network, payer, payment.price().units());
      case Settlements.Outcome.Free _ -> SettlementResponse.free(network, payer);
      case Settlements.Outcome.Refused(var reason) ->
          SettlementResponse.failed(network, payer, reason);
      case Settlements.Outcome.Pending(var transaction) ->
          SettlementResponse.pending(network, payer, transaction);
      case Settlements.Outcome.Undecided(var id) -> throw undecided("/v1/payments/" + id);
    };
  }

  private SettlementResponse deposit(
      PaymentPayload payment, BatchPayload.Deposit deposit, TokenDomain domain, Instant deadline)
      throws MalformedPayment {
    var asked = payment.accepted();
    // What was relayed already is not checked again, and may have been for somebody else.
    var mismatch = ChannelTerms.read(asked).objection(deposit.config(), asked);
    if (mismatch.isPresent()) {
      return SettlementResponse.failed(asked.network(), deposit.config().payer(), mismatch.get());
    }
    var approval = Eip2612Approval.read(payment);
    Supplier<Optional<String>> objection =
        () ->
            channels.check(deposit, approval, asked, domain) instanceof Invalid(var reason, _, _)
                ? Optional.of(reason)
                : Optional.empty();
    return response(
        asked,
        deposit,
        deposits.relay(deposit, DepositRelay.call(deposit, approval), objection, deadline));
  }

  private SettlementResponse response(
      PaymentRequirements asked, BatchPayload.Deposit deposit, DepositRelay.Outcome outcome) {
    var payer = deposit.config().payer();
    return switch (outcome) {
      case DepositRelay.Outcome.Deposited(var settlement) -> {
        var extra = HeaderCodec.object();
        extra.set("channelState", channels.snapshot(deposit.voucher().channel()));
        yield SettlementResponse.settled(
                settlement.transaction(), asked.network(), payer, deposit.amount())
            .withExtra(extra);
      }
      case DepositRelay.Outcome.Refused(var reason) ->
          SettlementResponse.failed(asked.network(), payer, reason);
      case DepositRelay.Outcome.Pending(var transaction) ->
          SettlementResponse.pending(asked.network(), payer, transaction);
      case DepositRelay.Outcome.Undecided _ ->
          throw undecided("/v1/channels/" + deposit.voucher().channel());
    };
  }

  /** Without a transaction there is nothing that {@code settlement_pending} could name. */
  private static MarketException undecided(String poll) {
    return new MarketException.OutcomeUnknown(
        "payment-undecided",
        "This settlement is not decided yet: ask for the same one again.",
        poll);
  }
}
