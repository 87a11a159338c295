package io.stoa.chain.token;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who may claim how much of a token from a {@code CommunityDistributor}: a Merkle tree over the
 * entries, in which the two below a node are hashed in ascending order and an odd one at the end
 * moves up as it is.
 */
public final class DropList {
  private final List<Entry> entries;
  private final List<Bytes32> leaves;

  /**
   * @param amount atomic units
   */
  public record Entry(Address account, BigInteger amount) {}

  /**
   * @param entries at least one; their places in the list are their numbers
   */
  public DropList(ChainId chain, Address token, List<Entry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("a list of nobody");
    }
    this.entries = List.copyOf(entries);
    this.leaves =
        IntStream.range(0, entries.size())
            .mapToObj(index -> leaf(chain, token, index, entries.get(index)))
            .toList();
  }

  /** Hashed twice, so that no node of the tree can pass for a leaf. */
  private static Bytes32 leaf(ChainId chain, Address token, int index, Entry entry) {
    var encoded =
        Abi.encode(
            Abi.word(chain.value()),
            Abi.word(token),
            Abi.word(index),
            Abi.word(entry.account()),
            Abi.word(entry.amount()));
    return Keccak.hash(Keccak.hash(encoded).toBytes());
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Atomic units that all entries together may claim. */
  public BigInteger total() {
    return entries.stream().map(Entry::amount).reduce(BigInteger.ZERO, BigInteger::add);
  }

  public Bytes32 root() {
    var nodes = leaves;
    while (nodes.size() > 1) {
      nodes = parents(nodes);
    }
    return nodes.getFirst();
  }

  /** What entry number {@code index} must show to claim. */
  public List<Bytes32> proof(int index) {
    var proof = new ArrayList<Bytes32>();
    int at = index;
    for (var nodes = leaves; nodes.size() > 1; nodes = parents(nodes)) {
      int sibling = at ^ 1;
      if (sibling < nodes.size()) {
        proof.add(nodes.get(sibling));
      }
      at /= 2;
    }
    return proof;
  }

  private static List<Bytes32> parents(List<Bytes32> nodes) {
    return IntStream.range(0, (nodes.size() + 1) / 2)
        .mapToObj(
            i ->
                2 * i + 1 < nodes.size()
                    ? parent(nodes.get(2 * i), nodes.get(2 * i + 1))
                    : nodes.get(2 * i))
        .toList();
  }

  private static Bytes32 parent(Bytes32 one, Bytes32 other) {
    return one.toUnsigned().compareTo(other.toUnsigned()) < 0
        ? Keccak.hash(one.toBytes(), other.toBytes())
        : Keccak.hash(other.toBytes(), one.toBytes());
  }
}
