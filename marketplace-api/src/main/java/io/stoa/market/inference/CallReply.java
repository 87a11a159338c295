package io.stoa.market.inference;

import io.stoa.market.web.Problem;
import io.stoa.payments.Answer;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import java.util.Optional;

/**
 * How a call of a listing ended.
 *
 * @param settlement where the money went, if that is known and any payment came so far
 * @param receipt the path of the receipt, for what was paid
 */
public record CallReply(
    Outcome outcome, Optional<SettlementResponse> settlement, Optional<String> receipt) {

  /** What its caller gets. */
  public sealed interface Outcome {}

  /** The answer that was paid for. */
  public record Answered(Answer answer) implements Outcome {}

  /** The words of a provider that found fault with the request. */
  public record Declined(Answer answer) implements Outcome {}

  /** Nothing but where the money went. */
  public record Nothing() implements Outcome {}

  /** It must be paid for, or not with this payment. */
  public record Required(PaymentRequired terms) implements Outcome {}

  /** It could not be served. */
  public record Failed(Problem problem) implements Outcome {}
}
