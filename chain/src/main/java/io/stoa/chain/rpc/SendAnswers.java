package io.stoa.chain.rpc;

import io.stoa.chain.rpc.JsonRpc.Answer;
import io.stoa.domain.TxHash;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Understands what a node says to a raw transaction. JSON-RPC has no codes for it: the words are
 * those of geth, reth, Nethermind, Besu, Erigon and anvil.
 */
final class SendAnswers {
  private static final int INTERNAL_ERROR = -32603;
  private static final int LIMIT_EXCEEDED = -32005;

  private SendAnswers() {}

  static SendResult of(Answer answer, TxHash hash) {
    if (answer instanceof Answer.Given(var result)) {
      return result.isTextual() && result.textValue().equalsIgnoreCase(hash.toString())
          ? new SendResult.Accepted()
          : new SendResult.Unknown("the node answered with another transaction's hash");
    }
    var refused = (Answer.Refused) answer;
    var words = refused.message().toLowerCase(Locale.ROOT);
    if (containsAny(words, "already known", "already imported", "alreadyknown")) {
      return new SendResult.AlreadyKnown();
    }
    if (containsAny(words, "nonce too low", "nonce is too low", "oldnonce")) {
      return new SendResult.NonceTooLow();
    }
    if (containsAny(words, "nonce too high", "nonce is too high", "nonce gap")) {
      return new SendResult.NonceTooHigh();
    }
    if (containsAny(
        words, "underpriced", "less than block base fee", "feetoolow", "gas price too")) {
      return new SendResult.Underpriced();
    }
    if (containsAny(words, "insufficient funds", "insufficientfunds", "upfront cost exceeds")) {
      return new SendResult.InsufficientFunds();
    }
    return refused.code() == INTERNAL_ERROR || refused.code() == LIMIT_EXCEEDED
        ? new SendResult.Unknown(refused.message())
        : new SendResult.Refused(refused.code(), refused.message());
  }

  private static boolean containsAny(String words, String... some) {
    return Stream.of(some).anyMatch(words::contains);
  }
}
