package io.stoa.chain.token;

import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.Optional;
import java.util.Set;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.datatypes.Event;

/** Reads a token's logs. */
public final class TokenEvents {
  public static final Bytes32 TRANSFER = topic(UsdCoin.TRANSFER_EVENT);
  public static final Bytes32 AUTHORIZATION_USED = topic(UsdCoin.AUTHORIZATIONUSED_EVENT);
  public static final Bytes32 AUTHORIZATION_CANCELED = topic(UsdCoin.AUTHORIZATIONCANCELED_EVENT);

  private TokenEvents() {}

  /** The logs that tell what became of one authorization. */
  public static LogFilter authorization(Address token, Address authorizer, Bytes32 nonce) {
    return LogFilter.of(token)
        .and(Set.of(AUTHORIZATION_USED, AUTHORIZATION_CANCELED))
        .and(Abi.word(authorizer))
        .and(nonce);
  }

  /** Empty for any other event, and for one of these names that holds something else. */
  public static Optional<TokenEvent> decode(Log log) {
    if (log.topics().size() != 3) {
      return Optional.empty();
    }
    try {
      return decode(log, log.topics().getFirst());
    } catch (IllegalArgumentException anotherContent) {
      return Optional.empty();
    }
  }

  private static Optional<TokenEvent> decode(Log log, Bytes32 topic) {
    var token = log.address();
    var first = Abi.address(log.topics().get(1));
    var second = log.topics().get(2);
    if (topic.equals(TRANSFER) && log.data().size() == 32) {
      var units = Abi.wordAt(log.data().toBytes(), 0).toUnsigned();
      return Optional.of(new TokenEvent.Transferred(token, first, Abi.address(second), units));
    }
    if (topic.equals(AUTHORIZATION_USED)) {
      return Optional.of(new TokenEvent.AuthorizationUsed(token, first, second));
    }
    if (topic.equals(AUTHORIZATION_CANCELED)) {
      return Optional.of(new TokenEvent.AuthorizationCanceled(token, first, second));
    }
    return Optional.empty();
  }

  private static Bytes32 topic(Event event) {
    return Bytes32.parse(EventEncoder.encode(event));
  }
}
