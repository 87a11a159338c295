package io.stoa.x402.exact;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.SignedTransfer;
import java.util.List;

/**
 * What the logs of a successful transaction prove about an authorization. A used nonce alone proves
 * nothing: it is also used by a cancellation, and by another authorization with the same nonce.
 */
public final class TransferProof {
  /** {@code AuthorizationUsed(authorizer, nonce)}, both indexed (EIP-3009). */
  public static final Bytes32 AUTHORIZATION_USED = Abi.topic("AuthorizationUsed(address,bytes32)");

  /** {@code AuthorizationCanceled(authorizer, nonce)}, both indexed (EIP-3009). */
  public static final Bytes32 AUTHORIZATION_CANCELED =
      Abi.topic("AuthorizationCanceled(address,bytes32)");

  /** {@code Transfer(from, to, value)}, the first two indexed (ERC-20). */
  public static final Bytes32 TRANSFER = Abi.topic("Transfer(address,address,uint256)");

  private TransferProof() {}

  /** One log of a transaction. */
  public record Event(Address emitter, List<Bytes32> topics, Bytes data) {
    public Event {
      topics = List.copyOf(topics);
    }
  }

  /**
   * Whether the transaction with these logs paid {@code transfer}: its nonce used, and exactly its
   * money moved. The token moves the money right after it marks the nonce, as every known token
   * does; a {@code Transfer} elsewhere in the transaction belongs to something else, such as
   * another payment, and must not be counted twice.
   *
   * @param events in the order of the transaction
   */
  public static boolean holds(SignedTransfer transfer, List<Event> events) {
    var token = transfer.amount().asset().token();
    var used = List.of(AUTHORIZATION_USED, Abi.word(transfer.payer()), transfer.nonce());
    var moved = List.of(TRANSFER, Abi.word(transfer.payer()), Abi.word(transfer.payTo()));
    var amount = Bytes.wrap(Abi.encode(Abi.word(transfer.amount().units())));
    var ofToken = events.stream().filter(event -> event.emitter.equals(token)).toList();
    for (int i = 1; i < ofToken.size(); i++) {
      if (ofToken.get(i - 1).topics.equals(used)
          && ofToken.get(i).topics.equals(moved)
          && ofToken.get(i).data.equals(amount)) {
        return true;
      }
    }
    return false;
  }
}
