package io.stoa.market.inference;

import io.stoa.domain.Address;
import io.stoa.domain.MarketException;
import io.stoa.payments.Admission;
import io.stoa.payments.Cashier;
import io.stoa.payments.ChannelAnswers;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.batch.ChannelReply;
import io.stoa.x402.extension.SignIn;
import io.stoa.x402.extension.SignIns;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;

/**
 * Gives wallets that sign in what they paid for before, by the very same request, and nothing else
 * (x402 extension {@code sign-in-with-x}).
 */
final class SignedInCalls {
  private final SignIns signIns;
  private final Cashier cashier;
  private final ChannelAnswers answers;
  private final Replies replies;
  private final Clock clock;

  SignedInCalls(
      SignIns signIns, Cashier cashier, ChannelAnswers answers, Replies replies, Clock clock) {
    this.signIns = signIns;
    this.cashier = cashier;
    this.answers = answers;
    this.replies = replies;
    this.clock = clock;
  }

  /**
   * @param required what is asked of a wallet that has not paid for this request
   * @param header as it was received
   */
  void serve(Caller caller, Sale sale, PaymentRequired required, String header, Buffer body) {
    var wallet = wallet(header);
    var listing = sale.current().purchase().listing();
    var request = caller.request().digest(body);
    var paid = cashier.recall(wallet, listing, request);
    switch (paid.orElse(null)) {
      case Admission.Delivered delivered -> replies.delivered(caller, delivered);
      case Admission.DeliveredFree free -> replies.deliveredFree(caller, free);
      case Admission.RefundDue due -> replies.refundDue(caller, due);
      case Admission.Undecided(var id) -> replies.undecided(caller, id);
      case null, default ->
          answers
              .recall(wallet, listing, request)
              .ifPresentOrElse(
                  recalled -> again(caller, recalled),
                  () -> replies.paymentRequired(caller, required));
    }
  }

  private void again(Caller caller, ChannelAnswers.Recalled recalled) {
    var paid = recalled.answered().paid();
    var settlement = ChannelReply.charged(recalled.config(), paid.price(), paid.state());
    replies.charged(caller, settlement, paid.hold(), recalled.answered().answer());
  }

  private Address wallet(String header) {
    try {
      var signIn = SignIn.read(header);
      signIns
          .objection(signIn, clock.instant())
          .ifPresent(
              reason -> {
                throw refused(reason, "The sign-in does not hold: " + reason + ".");
              });
      return signIn.address();
    } catch (MalformedPayment malformed) {
      throw refused(malformed.reason(), "SIGN-IN-WITH-X cannot be read: " + malformed.getMessage());
    }
  }

  private static MarketException refused(String reason, String message) {
    return new MarketException.Forbidden(reason.replace('_', '-'), message);
  }
}
