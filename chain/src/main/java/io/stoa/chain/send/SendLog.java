package io.stoa.chain.send;

import io.stoa.domain.Address;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Remembers every transaction that the node's own keys sign on one chain, from before it is
 * broadcast. The rows are shared by all instances that use the same keys. Blocks; call from a
 * virtual thread.
 *
 * <p>The invariant: no two purposes ever share a nonce of an account, and a transaction leaves this
 * process only after the row that holds it is committed.
 */
public interface SendLog {

  /**
   * Gives a transaction for {@code purposes} a nonce and stores its first variant, at once and
   * under a lock on the account that every instance takes. The nonce is the lowest one from {@code
   * firstFree} upwards that has no row: the next one as a rule, a hole if there is one.
   *
   * <p>Fails, and stores nothing, while a send with one of the purposes has no outcome on any
   * account: what is under way is not begun a second time.
   *
   * @param firstFree the account's nonce on the chain: everything below it is used up
   * @param purposes at least one
   * @param signer makes the transaction for the nonce it is given; it signs and does nothing else.
   *     May run several times: what it made for a nonce that is not given in the end is thrown
   *     away. If it fails nothing is stored
   * @return as committed
   */
  Sent append(
      Address account,
      long firstFree,
      List<String> purposes,
      LongFunction<SignedTransaction> signer);

  /** Like {@link #append(Address, long, List, LongFunction)}, for one purpose. */
  default Sent append(
      Address account, long firstFree, String purpose, LongFunction<SignedTransaction> signer) {
    return append(account, firstFree, List.of(purpose), signer);
  }

  /**
   * Adds a variant to a nonce that has a row; committed on return. Storing the same one again
   * changes nothing.
   */
  void replace(Address account, long nonce, SignedTransaction variant);

  /** All without an outcome, by ascending nonce. */
  List<Sent> open(Address account);

  /**
   * Writes down the end of a nonce that has a row. A second outcome overwrites the first: the chain
   * may have been reorganised.
   */
  void conclude(Address account, long nonce, Outcome outcome);

  /**
   * Takes the outcomes from {@code firstFree} upwards back: the chain does not have them any more.
   */
  void reopen(Address account, long firstFree);

  Optional<Sent> find(Address account, long nonce);

  /** The send with this purpose, of any account; the one appended last if there are several. */
  Optional<Sent> findByPurpose(String purpose);
}
