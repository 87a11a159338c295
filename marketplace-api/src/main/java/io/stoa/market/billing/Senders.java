package io.stoa.market.billing;

import io.stoa.chain.send.TransactionSender;
import java.util.List;
import java.util.stream.Stream;

/**
 * The accounts that pay gas. Where there are several, the last of them pays for claims and anchors
 * alone: strangers decide how much the others spend, and a claim that is late may be worth nothing.
 *
 * @param calls for what buyers bring; at least one
 */
public record Senders(List<TransactionSender> calls, TransactionSender claims) {
  public Senders {
    calls = List.copyOf(calls);
  }

  /**
   * @param all at least one
   */
  static Senders of(List<TransactionSender> all) {
    var last = all.getLast();
    return new Senders(all.size() == 1 ? all : all.subList(0, all.size() - 1), last);
  }

  /** Sees to what each of them left on its way. Blocks. */
  void recover() {
    Stream.concat(calls.stream(), Stream.of(claims)).distinct().forEach(TransactionSender::recover);
  }
}
