package io.stoa.market.inference;

import io.stoa.market.web.Problem;
import io.stoa.payments.Answer;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Waits on a thread of its own until all that it is answered is there. */
final class WaitingCaller implements Caller {
  private final Request request;
  private final CompletableFuture<CallReply> reply = new CompletableFuture<>();
  private volatile @Nullable SettlementResponse settlement;
  private volatile @Nullable String receipt;

  WaitingCaller(Request request) {
    this.request = request;
  }

  /** Blocks: call from a virtual thread. */
  CallReply await() {
    return reply.join();
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public boolean takesStreams() {
    return false;
  }

  @Override
  public void tell(SettlementResponse outcome) {
    settlement = outcome;
  }

  @Override
  public void tellReceipt(String path) {
    receipt = path;
  }

  @Override
  public void answer(Answer answer) {
    end(new CallReply.Answered(answer));
  }

  @Override
  public void decline(Answer answer) {
    end(new CallReply.Declined(answer));
  }

  @Override
  public void nothing() {
    end(new CallReply.Nothing());
  }

  @Override
  public PaymentRequired advertised(PaymentRequired terms) {
    return terms;
  }

  @Override
  public void require(PaymentRequired terms, Problem problem) {
    end(new CallReply.Required(terms));
  }

  @Override
  public void problem(Problem problem) {
    end(new CallReply.Failed(problem));
  }

  @Override
  public StreamReply begin(
      SettlementResponse begun, ProviderStream stream, UnaryOperator<SettlementResponse> receipts) {
    throw new IllegalStateException("streamed to somebody who takes no streams");
  }

  private void end(CallReply.Outcome outcome) {
    reply.complete(
        new CallReply(outcome, Optional.ofNullable(settlement), Optional.ofNullable(receipt)));
  }
}
