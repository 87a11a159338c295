package io.stoa.market.crash;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.channel.ChannelId;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.client.ChannelAnswer;
import io.stoa.x402.client.ChannelBuyer;
import io.stoa.x402.client.ChannelLimits;
import io.stoa.x402.client.ChannelPayment;
import io.stoa.x402.client.PayerChannel;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pays calls out of a channel, one after the other; a channel that is too small is filled by the
 * next call. Leaves a channel that it cannot agree about, with what is in it, and opens another.
 */
class ChannelPayer extends Customer {
  private static final BigInteger CAP = BigInteger.valueOf(10_000);
  private static final BigInteger MOST_DEPOSIT = BigInteger.valueOf(100_000);

  final String path;
  final ChannelBuyer buyer;
  private final int refundsInAHundred;
  private @Nullable PayerChannel channel;
  private int channels;

  /**
   * @param headroom how much it signs ahead; zero for one call at a time
   * @param refundsInAHundred calls after which it asks for its money
   */
  ChannelPayer(
      String name,
      Shop shop,
      SigningKey wallet,
      Asset dollar,
      String path,
      long headroom,
      int refundsInAHundred) {
    super(name, shop);
    this.path = path;
    this.refundsInAHundred = refundsInAHundred;
    this.buyer =
        new ChannelBuyer(
            wallet,
            new ChannelLimits(
                new TokenAmount(dollar, CAP), MOST_DEPOSIT, BigInteger.valueOf(headroom)),
            Clock.systemUTC());
    testimony.has(wallet);
  }

  @Override
  void buy() {
    var request = Request.plain(path, name, nextNumber());
    var terms = door.terms(request, choice);
    if (terms.isEmpty()) {
      Door.beforeAskingAgain();
      return;
    }
    var chosen = buyer.choose(terms.get()).orElseThrow();
    if (choice.nextInt(100) < refundsInAHundred) {
      refund(request, terms.get(), chosen);
    } else {
      call(request, terms.get(), chosen);
    }
  }

  private void call(Request request, PaymentRequired terms, PaymentRequirements chosen) {
    var payment = sign(terms, chosen);
    if (payment.isEmpty()) {
      Door.beforeAskingAgain();
      return;
    }
    insist(
        "call " + request.body(),
        () -> isDecided(request, payment.get(), door.pay(request, payment.get().header(), choice)));
  }

  /** Empty while a reply is awaited that the channel cannot go on without. */
  final synchronized Optional<ChannelPayment.Call> sign(
      PaymentRequired terms, PaymentRequirements chosen) {
    var payment = buyer.pay(channel(chosen), terms, chosen);
    payment.ifPresent(signed -> channel = signed.channel());
    return payment;
  }

  private boolean isDecided(
      Request request, ChannelPayment.Call payment, Optional<HttpResponse<String>> answer) {
    if (answer.isEmpty() || answer.get().statusCode() >= 500) {
      return false;
    }
    var reply = answer.get();
    switch (reply.statusCode()) {
      case 200 -> {
        testimony.answered(request, reply.body());
        settled(request, payment, Door.settlement(reply), false);
      }
      case 402 -> {
        return isOver(payment, Door.required(reply));
      }
      default -> {
        testimony.complains(
            "%s got %d for %s: %s"
                .formatted(name, reply.statusCode(), request.body(), reply.body()));
        leave();
      }
    }
    return true;
  }

  /** Takes over what a reply says, if it is right. */
  final synchronized void settled(
      Request request, ChannelPayment.Call payment, SettlementResponse said, boolean isStream) {
    moments.happened(Moment.CUSTOMER_SERVED);
    var current = payment.channel().id().equals(id()) ? channel : null;
    if (current == null) {
      return;
    }
    switch (current.settled(payment, said)) {
      case ChannelAnswer.Kept(var after, var price) -> {
        channel = after;
        testimony.charged(
            request, new Testimony.Settled(after.id(), price, isStream), after.charged());
      }
      case ChannelAnswer.Refused(_, var reason) ->
          testimony.complains(name + " was served and refused at once: " + reason);
      case ChannelAnswer.Shrunk shrunk -> {
        testimony.sawLess(name + " for " + request.body() + ": " + shrunk);
        leave();
      }
      case ChannelAnswer.Broken(var fault) -> {
        testimony.complains(name + " for " + request.body() + ": " + fault);
        leave();
      }
    }
  }

  /** Whether a refusal ends the matter; what is busy is tried again. */
  final synchronized boolean isOver(ChannelPayment.Call payment, PaymentRequired refusal) {
    if (refusal.error().endsWith("channel_busy")) {
      return false;
    }
    if (channel != null && payment.channel().id().equals(id())) {
      buyer
          .corrected(channel, payment, refusal)
          .ifPresentOrElse(known -> channel = known, this::leave);
    }
    return true;
  }

  /** No answer came, and none will: what was charged is said with the next. */
  final synchronized void lost(ChannelPayment.Call payment) {
    if (channel != null && payment.channel().id().equals(id())) {
      channel = channel.lost(payment);
    }
  }

  private void refund(Request request, PaymentRequired terms, PaymentRequirements chosen) {
    var asked = buyer.refund(channel(chosen), terms, chosen, Optional.empty());
    if (asked.isEmpty()) {
      return;
    }
    insist(
        "refund of channel " + id(),
        () ->
            door.pay(request, asked.get().header(), choice)
                .filter(answer -> answer.statusCode() < 500)
                .isPresent());
    // Lost replies leave it open what came back. The next channel is as good as this one.
    leave();
  }

  private synchronized PayerChannel channel(PaymentRequirements chosen) {
    var current = channel;
    if (current == null) {
      var salt = (name + "-" + ++channels).getBytes(StandardCharsets.UTF_8);
      current = buyer.open(chosen, Bytes32.sha256(salt));
      channel = current;
    }
    return current;
  }

  private synchronized @Nullable ChannelId id() {
    return channel == null ? null : channel.id();
  }

  private synchronized void leave() {
    channel = null;
  }
}
