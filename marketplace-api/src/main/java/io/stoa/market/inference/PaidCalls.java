package io.stoa.market.inference;

import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.permit2.Permit2Payments;
import io.vertx.core.buffer.Buffer;

/** Serves paid calls, each on a virtual thread of its own, by the scheme of their payment. */
final class PaidCalls {
  private final SinglePayments single;
  private final ChannelCalls channels;
  private final SignedInCalls signedIn;
  private final Replies replies;
  private final CallThreads threads;

  PaidCalls(
      SinglePayments single,
      ChannelCalls channels,
      SignedInCalls signedIn,
      Replies replies,
      CallThreads threads) {
    this.single = single;
    this.channels = channels;
    this.signedIn = signedIn;
    this.replies = replies;
    this.threads = threads;
  }

  void serve(PaidCall call) {
    call.objection()
        .ifPresentOrElse(
            reason -> replies.refused(call.caller(), call.required(), reason), () -> start(call));
  }

  private void start(PaidCall call) {
    replies.answering(
        call.caller(),
        threads,
        () -> {
          try {
            byScheme(call);
          } catch (MalformedPayment malformed) {
            replies.malformed(call.caller(), call.required(), malformed);
          }
        });
  }

  /** For a wallet that signs in instead of paying. */
  void serve(Caller caller, Sale sale, PaymentRequired required, String signIn, Buffer body) {
    replies.answering(caller, threads, () -> signedIn.serve(caller, sale, required, signIn, body));
  }

  private void byScheme(PaidCall call) throws MalformedPayment {
    switch (call.payload().accepted().scheme()) {
      case ChannelTerms.SCHEME -> channels.serve(call);
      case ExactEip3009.SCHEME, Permit2Payments.UPTO -> single.serve(call);
      default -> replies.refused(call.caller(), call.required(), "unsupported_scheme");
    }
  }
}
