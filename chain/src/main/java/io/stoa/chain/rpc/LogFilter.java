package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which logs are wanted: those of any of these contracts whose topics, place by place, are among
 * the wanted ones.
 *
 * @param addresses empty for every contract
 * @param topics the wanted values of each topic in turn, at most four; an empty set for any value
 */
public record LogFilter(Set<Address> addresses, List<Set<Bytes32>> topics) {
  public LogFilter {
    addresses = Set.copyOf(addresses);
    topics = topics.stream().map(Set::copyOf).toList();
    if (topics.size() > 4) {
      throw new IllegalArgumentException("a log has at most four topics");
    }
  }

  /** Every log of these contracts. */
  public static LogFilter of(Address... addresses) {
    return new LogFilter(Set.of(addresses), List.of());
  }

  /** Narrows the next topic to one value. */
  public LogFilter and(Bytes32 topic) {
    return and(Set.of(topic));
  }

  /** Narrows the next topic to these values. */
  public LogFilter and(Set<Bytes32> values) {
    var more = new ArrayList<>(topics);
    more.add(values);
    return new LogFilter(addresses, more);
  }

  boolean matches(Log log) {
    if (!addresses.isEmpty() && !addresses.contains(log.address())) {
      return false;
    }
    for (int i = 0; i < topics.size(); i++) {
      var wanted = topics.get(i);
      if (log.topics().size() <= i
          || (!wanted.isEmpty() && !wanted.contains(log.topics().get(i)))) {
        return false;
      }
    }
    return true;
  }
}
