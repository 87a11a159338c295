package io.stoa.market.inference;

import io.stoa.market.web.Problem;
import io.stoa.payments.Answer;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import java.util.function.UnaryOperator;

/**
 * Who asks for a call of a listing, by whatever protocol, and waits to be answered once. May be
 * answered from any thread.
 */
interface Caller {
  Request request();

  /** Whether it can take an answer in parts. */
  boolean takesStreams();

  /** Adds where the money went to the answer that comes. */
  void tell(SettlementResponse outcome);

  /**
   * Adds where the receipt is to the answer that comes.
   *
   * @param path of this node
   */
  void tellReceipt(String path);

  /** The answer that was paid for. */
  void answer(Answer answer);

  /** The words of a provider that found fault with the request. */
  void decline(Answer answer);

  /** There is no answer but what was told. */
  void nothing();

  /** What it is asked, as far as a payment may echo it. */
  PaymentRequired advertised(PaymentRequired terms);

  /**
   * A demand to pay.
   *
   * @param problem the same for who does not know x402
   */
  void require(PaymentRequired terms, Problem problem);

  void problem(Problem problem);

  /**
   * Begins an answer that is passed on as it comes; only for those who take it so.
   *
   * @param begun where the channel stood before the call
   * @param receipt adds to a settlement that it was for a whole answer
   */
  StreamReply begin(
      SettlementResponse begun, ProviderStream stream, UnaryOperator<SettlementResponse> receipt);
}
