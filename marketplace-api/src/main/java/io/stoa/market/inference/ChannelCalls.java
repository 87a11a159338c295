package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Answer;
import io.stoa.payments.ChannelDesk;
import io.stoa.payments.ChannelDesk.Bill;
import io.stoa.payments.ChannelDesk.Entry;
import io.stoa.payments.Channels;
import io.stoa.payments.DepositDesk;
import io.stoa.payments.RefundDesk;
import io.stoa.persistence.till.Reservation;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.batch.ChannelReply;
import io.stoa.x402.batch.Correction;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.PaymentIdentifier;
import io.stoa.x402.permit2.Eip2612Approval;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Calls that are paid out of a channel: voucher in, provider asked, call metered and charged,
 * answer out. The chain is waited for only where money goes into the channel, or out of it.
 */
final class ChannelCalls {
  /** How long a buyer waits for the chain: a deposit, or a refund. */
  private static final Duration CHAIN_TIME = Duration.ofSeconds(12);

  private static final String UNMATCHED = "invalid_payment_requirements";

  private final Channels channels;
  private final Upstream upstream;
  private final Meter meter;
  private final StreamedCalls streams;
  private final Replies replies;
  private final Duration patience;
  private final Clock clock;

  /**
   * @param patience how long a copy of a call waits for that call's end
   */
  ChannelCalls(
      Channels channels,
      Upstream upstream,
      Meter meter,
      StreamedCalls streams,
      Replies replies,
      Duration patience,
      Clock clock) {
    this.channels = channels;
    this.upstream = upstream;
    this.meter = meter;
    this.streams = streams;
    this.replies = replies;
    this.patience = patience;
    this.clock = clock;
  }

  void serve(PaidCall call) throws MalformedPayment {
    var payload = BatchPayloads.read(call.payload());
    var chosen = call.chosen();
    switch (payload) {
      case BatchPayload.Pay pay when chosen.isEmpty() -> repeat(call, pay);
      case BatchPayload _ when chosen.isEmpty() ->
          replies.refused(call.caller(), call.required(), UNMATCHED);
      case BatchPayload.Pay pay -> pay(call, chosen.get(), pay);
      case BatchPayload.Deposit deposit -> deposit(call, chosen.get(), deposit);
      case BatchPayload.Refund refund -> refund(call, chosen.get(), refund);
    }
  }

  private void repeat(PaidCall call, BatchPayload.Pay payment) throws MalformedPayment {
    var request = call.digest();
    var entry =
        channels
            .vouchers()
            .repeat(payment, mode(call).call(), call.binding(request), request, deadline());
    answer(
        call,
        new ChannelPurse(payment.config(), Optional.empty()),
        entry.orElseGet(() -> new Entry.Refused(UNMATCHED)));
  }

  private void pay(PaidCall call, Sale.Chosen chosen, BatchPayload.Pay payment)
      throws MalformedPayment {
    var request = call.digest();
    var visit =
        new ChannelDesk.Visit(
            payment,
            chosen.requirements(),
            chosen.option().domain(),
            chosen.terms().purchase(),
            request,
            mode(call),
            call.binding(request));
    enter(
        call,
        chosen,
        new ChannelPurse(payment.config(), Optional.empty()),
        channels.vouchers().enter(visit, deadline()));
  }

  private static Reservation.Mode mode(PaidCall call) throws MalformedPayment {
    var beside = ChannelHeadroom.read(call.required(), call.payload());
    return beside.isPresent()
        ? new Reservation.Mode.Headroom(beside.get())
        : new Reservation.Mode.Serial(call.name());
  }

  private Instant deadline() {
    return clock.instant().plus(patience);
  }

  private void deposit(PaidCall call, Sale.Chosen chosen, BatchPayload.Deposit deposit)
      throws MalformedPayment {
    var request = call.digest();
    var visit =
        new DepositDesk.Visit(
            deposit,
            Eip2612Approval.read(call.payload()),
            chosen.requirements(),
            chosen.option().domain(),
            chosen.terms().purchase(),
            request,
            mode(call),
            call.binding(request));
    switch (channels.deposits().enter(visit, clock.instant().plus(CHAIN_TIME))) {
      case DepositDesk.Entry.Deposited(var settlement, var entry) -> {
        var made = new ChannelPurse.Deposit(settlement.transaction(), deposit.amount());
        enter(call, chosen, new ChannelPurse(deposit.config(), Optional.of(made)), entry);
      }
      case DepositDesk.Entry.Refused(var reason) ->
          replies.refused(call.caller(), call.required(), reason);
      case DepositDesk.Entry.Corrected(var reason, var correction) ->
          corrected(call, chosen, reason, correction);
      case DepositDesk.Entry.NameTaken _ -> replies.nameTaken(call.caller());
      case DepositDesk.Entry.Undecided(var id) -> replies.undecided(call.caller(), id);
    }
  }

  private void refund(PaidCall call, Sale.Chosen chosen, BatchPayload.Refund refund)
      throws MalformedPayment {
    var visit =
        new RefundDesk.Visit(
            refund,
            chosen.requirements(),
            chosen.option().domain(),
            chosen.terms().purchase(),
            call.digest(),
            PaymentIdentifier.read(call.payload()));
    switch (channels.refunds().enter(visit, clock.instant().plus(CHAIN_TIME))) {
      case RefundDesk.Entry.Refunded(var settlement, var amount, var state) ->
          replies.refunded(
              call.caller(),
              ChannelReply.refunded(refund.config(), settlement.transaction(), amount, state));
      case RefundDesk.Entry.Refused(var reason) ->
          replies.refused(call.caller(), call.required(), reason);
      case RefundDesk.Entry.Corrected(var reason, var correction) ->
          corrected(call, chosen, reason, correction);
      case RefundDesk.Entry.Undecided(var channel) -> replies.undecided(call.caller(), channel);
    }
  }

  private void enter(PaidCall call, Sale.Chosen chosen, ChannelPurse purse, Entry entry) {
    switch (entry) {
      case Entry.Open open -> buy(call, chosen, purse, open);
      case Entry.Corrected(var reason, var correction) ->
          corrected(call, chosen, reason, correction);
      case Entry.Unserved unserved -> answer(call, purse, unserved);
    }
  }

  private void answer(PaidCall call, ChannelPurse purse, Entry.Unserved unserved) {
    switch (unserved) {
      case Entry.Refused(var reason) -> replies.refused(call.caller(), call.required(), reason);
      case Entry.Answered(Bill.Paid(var hold, var charged, var state), var answer) ->
          replies.charged(call.caller(), purse.charged(charged, state), hold, answer);
      case Entry.NameTaken _ -> replies.nameTaken(call.caller());
      case Entry.Forgotten(var hold) ->
          replies.forgotten(call.caller(), new ChannelCall(hold.channel(), hold.fence()).payment());
      case Entry.Unfinished _ ->
          replies.problem(
              call.caller(),
              new MarketException.Unavailable(
                  "call-unfinished",
                  "A call of this payment identifier is in progress: send the same request later.",
                  null));
    }
  }

  private void corrected(PaidCall call, Sale.Chosen chosen, String reason, Correction correction) {
    var terms = correction.answer(call.required(), chosen.requirements(), reason);
    replies.refused(call.caller(), terms, reason);
  }

  private void buy(PaidCall call, Sale.Chosen chosen, ChannelPurse purse, Entry.Open open) {
    ProviderReply reply;
    long start = System.nanoTime();
    try {
      reply = upstream.stream(call, chosen.terms().endpoint().url());
    } catch (RuntimeException failure) {
      release(call, purse, open);
      throw failure;
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    switch (reply) {
      case ProviderReply.Complete(var answer) -> charge(call, chosen, purse, open, answer, took);
      case ProviderReply.Streaming(var stream) -> pass(call, chosen, purse, open, stream);
      case ProviderReply.Declined(var answer) -> {
        release(call, purse, open);
        call.caller().decline(answer);
      }
      case ProviderReply.Failed failed -> {
        release(call, purse, open);
        replies.failed(call.caller(), failed);
      }
    }
  }

  private void charge(
      PaidCall call,
      Sale.Chosen chosen,
      ChannelPurse purse,
      Entry.Open open,
      Answer answer,
      Duration took) {
    var offer = chosen.option().offer();
    var usage = offer instanceof Offer.PerUnit ? meter.count(answer, took) : Usage.NOTHING;
    var price = offer.charge(usage).min(chosen.requirements().amount());
    switch (channels
        .vouchers()
        .charge(open, new Bill(price, usage, answer.bodySha256(), Optional.of(answer)))) {
      case Bill.Paid(var hold, var charged, var state) ->
          replies.charged(call.caller(), purse.charged(charged, state), hold, answer);
      case Bill.Lapsed _ -> lapsed(call, purse, open);
    }
  }

  private void pass(
      PaidCall call,
      Sale.Chosen chosen,
      ChannelPurse purse,
      Entry.Open open,
      ProviderStream stream) {
    Optional<Entry.Open> written;
    try {
      written = channels.vouchers().writeDown(open);
    } catch (RuntimeException failure) {
      stream.cancel();
      throw failure;
    }
    if (written.isPresent()) {
      streams.serve(call, chosen, purse, written.get(), stream);
    } else {
      stream.cancel();
      lapsed(call, purse, open);
    }
  }

  private void lapsed(PaidCall call, ChannelPurse purse, Entry.Open open) {
    tellDeposit(call, purse, open);
    replies.problem(
        call.caller(),
        new MarketException.Unavailable(
            "call-lapsed",
            "The channel was not held for the call to its end. Nothing was charged.",
            null));
  }

  private void release(PaidCall call, ChannelPurse purse, Entry.Open open) {
    channels.vouchers().release(open.hold());
    tellDeposit(call, purse, open);
  }

  /** Also who is not served must learn that the money has arrived. */
  private void tellDeposit(PaidCall call, ChannelPurse purse, Entry.Open open) {
    if (purse.deposit().isPresent()) {
      var state = channels.vouchers().state(open);
      call.caller().tell(purse.charged(BigInteger.ZERO, state));
    }
  }
}
