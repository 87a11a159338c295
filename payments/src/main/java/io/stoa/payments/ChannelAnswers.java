package io.stoa.payments;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.payments.ChannelDesk.Bill;
import io.stoa.payments.ChannelDesk.Entry;
import io.stoa.persistence.till.CallStanding;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reply;
import io.stoa.x402.batch.ChannelState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Answers to calls that channels were charged for, for those whose reply was lost: of every call
 * that has a name, and of each channel's last one without. Who asks again must send all of it
 * again.
 */
public final class ChannelAnswers {
  private static final int MOST_WAITING = 1_000;

  private final ChannelTill till;
  private final AnswerVault vault;
  private final Duration retention;
  private final int largest;
  private final Clock clock;
  private final Outcomes outcomes = new Outcomes();
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /**
   * @param largest body that is kept, in bytes
   */
  public ChannelAnswers(
      ChannelTill till, AnswerVault vault, Duration retention, int largest, Clock clock) {
    this.till = till;
    this.vault = vault;
    this.retention = retention;
    this.largest = largest;
    this.clock = clock;
  }

  /**
   * What is asked again.
   *
   * @param name empty for a call that has none
   * @param binding the digest of all that makes it this call and no other
   * @param isTelling whether the request has a body: a call without a name is asked again by who
   *     knows that, since its voucher may be on the chain by now
   */
  record Asked(ChannelId channel, Optional<CallId> name, Bytes32 binding, boolean isTelling) {}

  /** What the charge for {@code hold} keeps; empty when the answer is too large. */
  Optional<Charge.Kept> keep(Hold hold, Answer answer) {
    return answer.body().size() > largest
        ? Optional.empty()
        : Optional.of(new Charge.Kept(Bytes.wrap(vault.seal(id(hold), answer)), retention));
  }

  /** Drops what was kept for long enough. */
  public void dropExpired() {
    till.dropExpiredReplies();
  }

  /** Wakes those who wait for the end of this call. */
  void announce(Hold hold) {
    outcomes.announce(id(hold));
  }

  /**
   * What an earlier copy of {@code asked} came to. One in progress is waited for until {@code
   * deadline}. Empty when there is none, or none any more.
   */
  Optional<Entry.Unserved> find(Asked asked, Instant deadline) {
    return asked.name.isPresent() ? named(asked, asked.name.get(), deadline) : last(asked);
  }

  /** Whether the name of {@code asked} stands for another call, as far as is remembered. */
  boolean isNameTaken(Asked asked) {
    return asked
        .name
        .flatMap(name -> till.call(asked.channel, name))
        .flatMap(
            standing ->
                switch (standing) {
                  case CallStanding.Open(_, var binding) -> binding;
                  case CallStanding.Charged(_, var reply) -> reply.map(Reply::binding);
                })
        .filter(binding -> !binding.equals(asked.binding))
        .isPresent();
  }

  private Optional<Entry.Unserved> named(Asked asked, CallId name, Instant deadline) {
    while (true) {
      var standing = till.call(asked.channel, name);
      if (standing.isEmpty()) {
        return Optional.empty();
      }
      switch (standing.get()) {
        case CallStanding.Charged(var hold, var reply) -> {
          return Optional.of(
              reply
                  .map(kept -> again(asked, kept).orElseGet(Entry.NameTaken::new))
                  .orElseGet(() -> new Entry.Forgotten(hold)));
        }
        case CallStanding.Open(_, var binding) when !binding.equals(Optional.of(asked.binding)) -> {
          return Optional.of(new Entry.NameTaken());
        }
        case CallStanding.Open(var hold, _) -> {
          if (clock.instant().isAfter(deadline) || !waiting.tryAcquire()) {
            return Optional.of(new Entry.Unfinished(hold));
          }
          try {
            outcomes.await(id(hold));
          } finally {
            waiting.release();
          }
        }
      }
    }
  }

  private Optional<Entry.Unserved> last(Asked asked) {
    return asked.isTelling
        ? till.lastReply(asked.channel).flatMap(kept -> again(asked, kept))
        : Optional.empty();
  }

  /**
   * The answer to the last call without a name of one of {@code payer}'s channels, if it was this
   * very request. The caller knows that it is the payer who asks.
   */
  public Optional<Recalled> recall(Address payer, ListingId listing, RequestDigest request) {
    return till.lastReply(payer, listing, request)
        .flatMap(
            kept ->
                till.find(kept.hold().channel())
                    .flatMap(
                        account ->
                            again(kept) instanceof Entry.Answered answered
                                ? Optional.of(new Recalled(account.config(), answered))
                                : Optional.empty()));
  }

  /** What a payer got before, out of which channel. */
  public record Recalled(ChannelConfig config, Entry.Answered answered) {}

  /** Empty when it answers something else. */
  private Optional<Entry.Unserved> again(Asked asked, Reply kept) {
    return kept.binding().equals(asked.binding) ? Optional.of(again(kept)) : Optional.empty();
  }

  private Entry.Unserved again(Reply kept) {
    var paid =
        new Bill.Paid(
            kept.hold(),
            kept.price(),
            new ChannelState(
                kept.hold().channel(),
                kept.balance(),
                kept.claimed(),
                kept.withdrawRequestedAt().map(Instant::getEpochSecond).orElse(0L),
                kept.refundNonce(),
                kept.charged()));
    return vault
        .open(id(kept.hold()), kept.sealed().toBytes())
        .<Entry.Unserved>map(answer -> new Entry.Answered(paid, answer))
        .orElseGet(() -> new Entry.Forgotten(kept.hold()));
  }

  private static PaymentId id(Hold hold) {
    return new ChannelCall(hold.channel(), hold.fence()).payment();
  }
}
