package io.stoa.market.inference;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.domain.MarketException;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Unit;
import io.stoa.market.inference.ProviderStream.Step;
import io.stoa.payments.ChannelDesk;
import io.stoa.payments.ChannelDesk.Bill;
import io.stoa.payments.ChannelDesk.Entry;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;

/**
 * Answers that are passed on as they come, and charged at their end for what was passed on. Every
 * second that much is written down, which also keeps the call's hold on its channel: should this
 * instance die, it is charged, and no more. Who has a price for each call pays it if it got the
 * whole answer or left before its end, and nothing if the provider broke off.
 */
final class StreamedCalls {
  private static final System.Logger LOG = System.getLogger(StreamedCalls.class.getName());
  private static final long CHECKPOINT_NANOS = Duration.ofSeconds(1).toNanos();

  private final ChannelDesk desk;
  private final Replies replies;
  private final Duration patience;
  private final Duration longest;

  /** How a stream ended. */
  private enum End {
    WHOLE,
    /** By its provider, or because it took too long. */
    BROKEN_OFF,
    BUYER_LEFT,
    /** What is left of it would cost more than the buyer agreed to. */
    TOO_DEAR,
    /** Others may have ended the call by now. */
    HOLD_LOST
  }

  /** One of them, while it lasts. */
  private record Stream(
      ProviderStream provider,
      StreamReply buyer,
      StreamMeter meter,
      Offer offer,
      BigInteger ceiling,
      ChannelPurse purse,
      Entry.Open open) {

    /** What was passed on so far costs. */
    BigInteger price() {
      return offer.charge(meter.usage()).min(ceiling);
    }

    /** What is charged for a part of an answer. */
    BigInteger priceOfPart() {
      return offer instanceof Offer.PerUnit && !meter.isEmpty() ? price() : BigInteger.ZERO;
    }
  }

  /**
   * @param patience with a provider or a buyer that does not go on
   * @param longest a stream may take
   */
  StreamedCalls(ChannelDesk desk, Replies replies, Duration patience, Duration longest) {
    this.desk = desk;
    this.replies = replies;
    this.patience = patience;
    this.longest = longest;
  }

  void serve(
      PaidCall call,
      Sale.Chosen chosen,
      ChannelPurse purse,
      Entry.Open open,
      ProviderStream provider) {
    var stream = begin(call, chosen, purse, open, provider);
    try {
      var end = pass(stream);
      if (end != End.WHOLE) {
        provider.cancel();
      }
      settle(stream, end);
    } catch (MarketException unavailable) {
      LOG.log(WARNING, "stream left to whoever ends late calls: " + open.hold(), unavailable);
      stream.buyer.cut();
    } catch (RuntimeException bug) {
      provider.cancel();
      stream.buyer.cut();
      throw bug;
    }
  }

  private Stream begin(
      PaidCall call,
      Sale.Chosen chosen,
      ChannelPurse purse,
      Entry.Open open,
      ProviderStream provider) {
    try {
      var buyer = replies.begin(call.caller(), purse.begun(desk.state(open)), provider);
      return new Stream(
          provider,
          buyer,
          new StreamMeter(provider.isEventStream(), reported(provider)),
          chosen.option().offer(),
          chosen.requirements().amount(),
          purse,
          open);
    } catch (RuntimeException failure) {
      provider.cancel();
      desk.release(open.hold());
      throw failure;
    }
  }

  private static Map<Unit, Long> reported(ProviderStream provider) {
    return provider.headers().stream()
        .filter(header -> header.name().equals(ReportedUsage.FIELD))
        .findFirst()
        .map(header -> ReportedUsage.inField(header.value()))
        .orElse(Map.of());
  }

  private End pass(Stream stream) {
    long start = System.nanoTime();
    long renewed = start;
    long checked = start;
    while (true) {
      var left = longest.minusNanos(System.nanoTime() - start);
      switch (stream.provider.next(left.compareTo(patience) < 0 ? left : patience)) {
        case Step.End _ -> {
          return End.WHOLE;
        }
        case Step.Broken _ -> {
          return End.BROKEN_OFF;
        }
        case Step.Part(var bytes) -> {
          if (!stream.buyer.write(bytes, patience)) {
            return End.BUYER_LEFT;
          }
          stream.meter.add(bytes.getBytes());
        }
      }
      if (stream.offer.cost(stream.meter.certainUsage()).compareTo(stream.ceiling) > 0) {
        return End.TOO_DEAR;
      }
      long now = System.nanoTime();
      if (now - checked >= CHECKPOINT_NANOS) {
        checked = now;
        switch (checkpoint(stream)) {
          case HELD -> renewed = now;
          case LOST -> {
            return End.HOLD_LOST;
          }
          case UNSURE -> {
            if (now - renewed > desk.lease().dividedBy(3).toNanos()) {
              return End.HOLD_LOST;
            }
          }
        }
      }
    }
  }

  private enum Renewal {
    HELD,
    LOST,
    /** The database does not answer. */
    UNSURE
  }

  private Renewal checkpoint(Stream stream) {
    try {
      return desk.checkpoint(stream.open, stream.priceOfPart(), stream.meter.usage())
          ? Renewal.HELD
          : Renewal.LOST;
    } catch (MarketException unavailable) {
      return Renewal.UNSURE;
    }
  }

  private void settle(Stream stream, End end) {
    var price =
        switch (end) {
          case WHOLE, TOO_DEAR -> stream.price();
          case BUYER_LEFT -> stream.meter.isEmpty() ? BigInteger.ZERO : stream.price();
          case BROKEN_OFF, HOLD_LOST -> stream.priceOfPart();
        };
    if (end != End.WHOLE && price.signum() == 0) {
      desk.release(stream.open.hold());
      stream.buyer.cut();
      return;
    }
    var bill = new Bill(price, stream.meter.usage(), stream.meter.sha256());
    switch (desk.charge(stream.open, bill)) {
      case Bill.Paid(_, var charged, var state) -> {
        var settlement = stream.purse.charged(charged, state);
        if (end == End.WHOLE) {
          stream.buyer.end(settlement);
        } else {
          stream.buyer.cut(settlement);
        }
      }
      case Bill.Lapsed _ -> stream.buyer.cut();
    }
  }
}
