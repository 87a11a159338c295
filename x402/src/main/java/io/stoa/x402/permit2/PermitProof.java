package io.stoa.x402.permit2;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.exact.TransferProof;
import io.stoa.x402.exact.TransferProof.Event;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * What a successful transaction proves about a permit. No log names the nonce that Permit2 used, so
 * the logs prove nothing without the call to the proxy, which does.
 */
public final class PermitProof {
  /** The proxies' {@code Settled()}: on an existing approval of Permit2. */
  public static final Bytes32 SETTLED = Abi.topic("Settled()");

  /** The proxies' {@code SettledWithPermit()}: after trying an approval (EIP-2612). */
  public static final Bytes32 SETTLED_WITH_PERMIT = Abi.topic("SettledWithPermit()");

  private PermitProof() {}

  /**
   * A transaction that did not revert.
   *
   * @param to whom it called
   * @param input with what
   * @param events in their order
   */
  public record Transaction(Address to, Bytes input, List<Event> events) {
    public Transaction {
      events = List.copyOf(events);
    }
  }

  /**
   * Whether {@code transaction} paid {@code charged} on {@code permit}: it called the proxy with
   * this permit, whatever the spelling of its signature, and exactly that money moved before the
   * proxy said so. A settlement through a contract in between proves nothing here: only a trace of
   * its calls would show the nonce. For {@code upto} there is none, unless the facilitator is a
   * contract.
   *
   * @param charged in the token's smallest unit, as {@link ProxyCalls#settle} takes it
   */
  public static boolean holds(SignedPermit permit, BigInteger charged, Transaction transaction) {
    return transaction.to.equals(Permit2.proxy(permit.witness()))
        && isCall(permit, charged, transaction.input.toBytes())
        && isPaid(permit, charged, transaction.events);
  }

  /**
   * Whether {@code transaction} may have paid {@code charged} on {@code permit} without proving it:
   * the proxy settled something of that amount, called by another contract.
   */
  public static boolean isPossible(
      SignedPermit permit, BigInteger charged, Transaction transaction) {
    return !transaction.to.equals(Permit2.proxy(permit.witness()))
        && isPaid(permit, charged, transaction.events);
  }

  private static boolean isCall(SignedPermit permit, BigInteger charged, byte[] input) {
    int approval = 32 * ProxyCalls.APPROVAL_WORDS;
    var arguments = Abi.encode(ProxyCalls.words(permit, charged));
    return isCall(input, ProxyCalls.selector(permit), 0, arguments)
        || isCall(input, ProxyCalls.selectorWithPermit(permit), approval, arguments);
  }

  private static boolean isCall(byte[] input, byte[] selector, int skipped, byte[] arguments) {
    return holds(input, 0, selector) && holds(input, selector.length + skipped, arguments);
  }

  private static boolean holds(byte[] input, int offset, byte[] part) {
    int end = offset + part.length;
    return input.length >= end && Arrays.equals(input, offset, end, part, 0, part.length);
  }

  private static boolean isPaid(SignedPermit permit, BigInteger charged, List<Event> events) {
    int transfer = events.indexOf(transfer(permit, charged));
    return transfer >= 0
        && events.subList(transfer, events.size()).stream()
            .anyMatch(event -> isSettled(event, permit));
  }

  /** What the token says when {@code charged} is paid: without it in its logs, nothing was. */
  public static Event transfer(SignedPermit permit, BigInteger charged) {
    return new Event(
        permit.amount().asset().token(),
        List.of(TransferProof.TRANSFER, Abi.word(permit.payer()), Abi.word(permit.payTo())),
        Bytes.wrap(Abi.encode(Abi.word(charged))));
  }

  private static boolean isSettled(Event event, SignedPermit permit) {
    return event.emitter().equals(Permit2.proxy(permit.witness()))
        && (event.topics().equals(List.of(SETTLED))
            || event.topics().equals(List.of(SETTLED_WITH_PERMIT)));
  }
}
