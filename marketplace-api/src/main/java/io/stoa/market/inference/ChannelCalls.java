package io.stoa.market.inference;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.payments.Answer;
import io.stoa.payments.ChannelDesk;
import io.stoa.payments.ChannelDesk.Bill;
import io.stoa.payments.ChannelDesk.Entry;
import io.stoa.payments.ChannelDesk.Visit;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchPayloads;
import io.stoa.x402.extension.ChannelHeadroom;
import java.time.Duration;

/**
 * Calls that are paid out of a channel: voucher in, provider asked, call metered and charged,
 * answer out. The chain is not waited for.
 */
final class ChannelCalls {
  private final ChannelDesk desk;
  private final Upstream upstream;
  private final Meter meter;
  private final StreamedCalls streams;
  private final Replies replies;

  ChannelCalls(
      ChannelDesk desk, Upstream upstream, Meter meter, StreamedCalls streams, Replies replies) {
    this.desk = desk;
    this.upstream = upstream;
    this.meter = meter;
    this.streams = streams;
    this.replies = replies;
  }

  void serve(PaidCall call) throws MalformedPayment {
    var payload = BatchPayloads.read(call.payload());
    var chosen = call.chosen();
    if (chosen.isEmpty()) {
      replies.refused(call.context(), call.required(), "invalid_payment_requirements");
      return;
    }
    switch (payload) {
      case BatchPayload.Pay pay -> pay(call, chosen.get(), pay);
      case BatchPayload.Deposit _, BatchPayload.Refund _ ->
          replies.refused(call.context(), call.required(), "unsupported_payload_type");
    }
  }

  private void pay(PaidCall call, Sale.Chosen chosen, BatchPayload.Pay payment)
      throws MalformedPayment {
    var visit =
        new Visit(
            payment,
            chosen.requirements(),
            chosen.option().domain(),
            chosen.terms().purchase(),
            call.request(),
            ChannelHeadroom.read(call.required(), call.payload()));
    switch (desk.enter(visit)) {
      case Entry.Open open -> buy(call, chosen, open);
      case Entry.Refused(var reason) -> replies.refused(call.context(), call.required(), reason);
      case Entry.Corrected(var reason, var correction) ->
          replies.refused(
              call.context(),
              correction.answer(call.required(), chosen.requirements(), reason),
              reason);
      case Entry.Repeated _ ->
          replies.problem(
              call.context(),
              new MarketException.Conflict(
                  "call-repeated", "A call of this payment identifier was made before."));
    }
  }

  private void buy(PaidCall call, Sale.Chosen chosen, Entry.Open open) {
    ProviderReply reply;
    long start = System.nanoTime();
    try {
      reply = upstream.stream(call, chosen.terms().endpoint().url());
    } catch (RuntimeException failure) {
      desk.release(open.hold());
      throw failure;
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    switch (reply) {
      case ProviderReply.Complete(var answer) -> charge(call, chosen, open, answer, took);
      case ProviderReply.Streaming(var stream) -> streams.serve(call, chosen, open, stream);
      case ProviderReply.Declined(var answer) -> {
        desk.release(open.hold());
        replies.declined(call.context(), answer);
      }
      case ProviderReply.Failed failed -> {
        desk.release(open.hold());
        replies.failed(call.context(), failed);
      }
    }
  }

  private void charge(
      PaidCall call, Sale.Chosen chosen, Entry.Open open, Answer answer, Duration took) {
    var offer = chosen.option().offer();
    var usage = offer instanceof Offer.PerUnit ? meter.count(answer, took) : Usage.NOTHING;
    var price = offer.charge(usage).min(chosen.requirements().amount());
    switch (desk.charge(open, new Bill(price, usage, answer.bodySha256()))) {
      case Bill.Paid paid -> replies.charged(call.context(), paid, answer);
      case Bill.Lapsed _ ->
          replies.problem(
              call.context(),
              new MarketException.Unavailable(
                  "call-lapsed",
                  "The call took longer than the channel was held. Nothing was charged.",
                  null));
    }
  }
}
