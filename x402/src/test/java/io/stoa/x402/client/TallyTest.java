package io.stoa.x402.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final Tally NEW = Tally.from(BigInteger.ZERO, BigInteger.ZERO);

  @Test
  void aReplyAddsItsPrice() {
    assertThat(charged(opened(NEW, 100), 100, 70, 70)).contains(tally(70, 70, 0, 0));
  }

  @Test
  void aPriceAboveWhatWasAgreedIsRefused() {
    assertThat(charged(opened(NEW, 100), 100, 101, 101)).isEmpty();
  }

  @Test
  void aTotalThatIsNotTheSumIsRefused() {
    assertThat(charged(opened(NEW, 100), 100, 70, 71)).isEmpty();
    assertThat(charged(opened(NEW, 100), 100, 70, 69)).isEmpty();
  }

  @Test
  void repliesMayOvertakeEachOther() {
    // Given
    var both = opened(opened(NEW, 100), 50);

    // When
    var second = charged(both, 50, 40, 110).orElseThrow();

    // Then
    assertThat(charged(second, 100, 70, 70)).contains(tally(110, 110, 0, 0));
    assertThat(charged(second, 100, 69, 69)).isEmpty();
  }

  @Test
  void whileCallsAreOpenATotalMayIncludeThemAndNoMore() {
    // Given
    var both = opened(opened(NEW, 100), 50);

    // When, Then
    assertThat(charged(both, 50, 40, 140)).isPresent();
    assertThat(charged(both, 50, 40, 141)).isEmpty();
  }

  @Test
  void aCallWhoseReplyWasLostMayHaveBeenChargedUpToItsAmount() {
    // Given
    var lost = opened(opened(NEW, 100).lost(units(100)), 50);

    // When, Then
    assertThat(charged(lost, 50, 40, 40)).contains(tally(40, 40, 0, 100));
    assertThat(charged(lost, 50, 40, 110)).contains(tally(110, 110, 0, 30));
    assertThat(charged(lost, 50, 40, 141)).isEmpty();
    assertThat(charged(lost.certain(), 50, 40, 41)).isEmpty();
  }

  @Test
  void aReleasedCallCostsNothing() {
    assertThat(opened(NEW, 100).released(units(100))).isEqualTo(NEW);
  }

  @Test
  void aCorrectionNeedsProofAndStaysWithinWhatWasAgreed() {
    // Given
    var lost = opened(opened(NEW, 100).lost(units(100)), 50);

    // When, Then
    assertThat(corrected(lost, 50, 70, 100)).contains(tally(70, 70, 0, 30));
    assertThat(corrected(lost, 50, 70, 70)).contains(tally(70, 70, 0, 0));
    assertThat(corrected(lost, 50, 101, 200)).isEmpty();
    assertThat(corrected(lost, 50, 70, 69)).isEmpty();
    assertThat(lost.corrected(units(50), units(1), Optional.empty())).isEmpty();
  }

  @Test
  void aServerThatForgotMayCountLess() {
    // Given
    var open = opened(tally(70, 70, 0, 0), 50);

    // When, Then
    assertThat(open.corrected(units(50), units(20), Optional.empty()))
        .contains(tally(20, 20, 0, 0));
  }

  @Test
  void aCorrectionWaitsForTheOtherReplies() {
    assertThat(corrected(opened(opened(NEW, 100), 50), 50, 0, 0)).isEmpty();
  }

  /** Whatever the order of replies, an honest server is never accused. */
  @RepeatedTest(value = 20, name = "seed {currentRepetition}")
  void anHonestServerIsBelieved(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    var tally = NEW;
    long total = 0;
    record Reply(long amount, long price, long total) {}
    var replies = new ArrayList<Reply>();
    for (int i = 0; i < 100; i++) {
      if (random.nextBoolean()) {
        long amount = random.nextInt(100);
        tally = opened(tally, amount);
        long price = random.nextInt((int) amount + 1);
        total += price;
        replies.add(new Reply(amount, price, total));
      } else if (!replies.isEmpty()) {
        var reply = replies.remove(random.nextInt(replies.size()));
        tally = charged(tally, reply.amount, reply.price, reply.total).orElseThrow();
      }
    }
    for (var reply : replies) {
      tally = charged(tally, reply.amount, reply.price, reply.total).orElseThrow();
    }
    assertThat(tally).isEqualTo(tally(total, total, 0, 0));
  }

  private static Tally tally(long charged, long reported, long open, long lost) {
    return new Tally(units(charged), units(reported), units(open), units(lost));
  }

  private static Tally opened(Tally tally, long amount) {
    return tally.opened(units(amount));
  }

  private static Optional<Tally> charged(Tally tally, long amount, long price, long total) {
    return tally.charged(units(amount), units(price), units(total));
  }

  private static Optional<Tally> corrected(Tally tally, long amount, long total, long agreed) {
    return tally.corrected(units(amount), units(total), Optional.of(units(agreed)));
  }

  private static BigInteger units(long value) {
    return BigInteger.valueOf(value);
  }
}
