package io.stoa.market.crash;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.payment.PaymentId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What customers can say: what they signed, what they got for it, and what was not as agreed. */
final class Testimony {
  private final Set<SigningKey> wallets = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<PaymentId, Signed> payments = new ConcurrentHashMap<>();
  private final ConcurrentMap<Request, Set<String>> answers = new ConcurrentHashMap<>();
  private final ConcurrentMap<ChannelId, BigInteger> acknowledged = new ConcurrentHashMap<>();
  private final ConcurrentMap<Request, Settled> calls = new ConcurrentHashMap<>();
  private final List<String> complaints = new ArrayList<>();
  private boolean mayShrink;

  /** A payment of its own, for one request. */
  record Signed(Request request, String header) {}

  /** A call out of a channel, as its customer was told of it. */
  record Settled(ChannelId channel, BigInteger price, boolean isStream) {}

  void has(SigningKey wallet) {
    wallets.add(wallet);
  }

  void signed(PaymentId payment, Request request, String header) {
    payments.put(payment, new Signed(request, header));
  }

  void answered(Request request, String answer) {
    answers.computeIfAbsent(request, _ -> ConcurrentHashMap.newKeySet()).add(answer);
  }

  /**
   * @param total that the channel was charged, with this call
   */
  void charged(Request request, Settled call, BigInteger total) {
    calls.put(request, call);
    acknowledged.merge(call.channel(), total, BigInteger::max);
  }

  synchronized void complains(String about) {
    complaints.add(about);
  }

  /** From now on the chain may have taken deposits back. */
  synchronized void reorganised() {
    mayShrink = true;
  }

  /** A channel was said to hold less than was put in. */
  synchronized void sawLess(String about) {
    if (!mayShrink) {
      complaints.add(about);
    }
  }

  Set<SigningKey> wallets() {
    return wallets;
  }

  Map<PaymentId, Signed> payments() {
    return payments;
  }

  Map<Request, Set<String>> answers() {
    return answers;
  }

  Map<Request, Settled> calls() {
    return calls;
  }

  /** The highest total of each channel that its customer was told. */
  Map<ChannelId, BigInteger> acknowledged() {
    return acknowledged;
  }

  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }
}
