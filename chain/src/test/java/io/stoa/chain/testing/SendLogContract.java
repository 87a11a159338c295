package io.stoa.chain.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.send.Outcome;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.Sent;
import io.stoa.chain.send.SignedTransaction;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link SendLog} keeps. */
public abstract class SendLogContract {
  /** What the usual nodes take from anybody. */
  private static final int MOST_A_NODE_TAKES = 128 * 1024;

  private static final BlockRef BLOCK = new BlockRef(7, Bytes32.parse("0x" + "0".repeat(63) + "7"));

  /** Fresh for every test, so that a log may be shared by all of them. */
  private final Address account = anAddress();

  private final Address other = anAddress();
  private final String salt = account.toString();

  /** One log, or several handles of the same one: each call may return another handle. */
  protected abstract SendLog log();

  @Test
  public void givesTheFirstFreeNonceAndTheOnesAfterIt() {
    // When
    var first = append(5, "a");
    var second = append(5, "b");
    var third = append(0, "c");

    // Then
    assertThat(List.of(first.nonce(), second.nonce(), third.nonce())).containsExactly(5L, 6L, 0L);
    assertThat(first).isEqualTo(log().find(account, 5).orElseThrow());
  }

  @Test
  public void fillsAHoleBeforeItGoesOn() {
    // Given
    append(3, "a");
    append(5, "b");

    // When
    var filling = append(3, "c");

    // Then
    assertThat(filling.nonce()).isEqualTo(4);
  }

  @Test
  public void storesWhatWasSignedForTheNonceItGave() {
    // When
    var sent = append(9, "a");

    // Then
    assertThat(sent.variants()).containsExactly(aTransaction(9, "first"));
    assertThat(sent.purposes()).containsExactly(purpose("a"));
    assertThat(sent.outcome()).isEmpty();
  }

  @Test
  public void storesNothingWhenTheSignerFails() {
    // When
    assertThatThrownBy(
            () ->
                log()
                    .append(
                        account,
                        1,
                        purpose("a"),
                        _ -> {
                          throw new IllegalStateException("no key");
                        }))
        .isInstanceOf(RuntimeException.class);

    // Then
    assertThat(log().find(account, 1)).isEmpty();
    assertThat(append(1, "b").nonce()).isEqualTo(1);
  }

  @Test
  public void neverGivesOneNonceTwiceHoweverManyAskAtOnce() throws Exception {
    // When
    var nonces = atOnce(32, i -> append(100, "p" + i).nonce());

    // Then
    assertThat(nonces)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(100, 132).boxed().toList());
  }

  @Test
  public void keepsTransactionsAsLongAsNodesTakeThem() {
    // Given
    var longest = new SignedTransaction(anythingOf(MOST_A_NODE_TAKES));
    var variant = new SignedTransaction(anythingOf(MOST_A_NODE_TAKES));

    // When
    log().append(account, 1, purpose("a"), _ -> longest);
    log().replace(account, 1, variant);
    log().replace(account, 1, variant);

    // Then
    assertThat(log().find(account, 1).orElseThrow().variants()).containsExactly(longest, variant);
  }

  @Test
  public void keepsTheVariantsOfANonceInTheirOrder() {
    // Given
    append(1, "a");

    // When
    log().replace(account, 1, aTransaction(1, "second"));
    log().replace(account, 1, aTransaction(1, "third"));
    log().replace(account, 1, aTransaction(1, "second"));

    // Then
    var sent = log().find(account, 1).orElseThrow();
    assertThat(sent.variants())
        .containsExactly(
            aTransaction(1, "first"), aTransaction(1, "second"), aTransaction(1, "third"));
    assertThat(sent.latest()).isEqualTo(aTransaction(1, "third"));
  }

  @Test
  public void refusesToReplaceOrConcludeWhatItDoesNotHave() {
    assertThatThrownBy(() -> log().replace(account, 1, aTransaction(1, "second")))
        .isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> log().conclude(account, 1, new Outcome.Displaced()))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  public void listsWhatIsOpenByNonce() {
    // Given
    append(3, "c");
    append(1, "a");
    append(1, "b");
    log().replace(account, 2, aTransaction(2, "second"));
    log().append(other, 0, purpose("other"), nonce -> aTransaction(nonce, "first"));

    // When
    log().conclude(account, 1, mined(1));

    // Then
    assertThat(log().open(account).stream().map(Sent::nonce)).containsExactly(2L, 3L);
    assertThat(log().open(account).getFirst().variants()).hasSize(2);
  }

  @Test
  public void remembersEveryKindOfOutcome() {
    // Given
    append(1, "a");
    append(2, "b");
    append(3, "c");
    var cancelled = new Outcome.Cancelled(aTransaction(2, "first").hash(), BLOCK);

    // When
    log().conclude(account, 1, mined(1));
    log().conclude(account, 2, cancelled);
    log().conclude(account, 3, new Outcome.Displaced());

    // Then
    assertThat(log().find(account, 1).orElseThrow().outcome()).contains(mined(1));
    assertThat(log().find(account, 2).orElseThrow().outcome()).contains(cancelled);
    assertThat(log().find(account, 3).orElseThrow().outcome()).contains(new Outcome.Displaced());
  }

  @Test
  public void theSecondOutcomeOverwritesTheFirst() {
    // Given
    append(1, "a");
    log().conclude(account, 1, new Outcome.Displaced());

    // When
    log().conclude(account, 1, mined(1));

    // Then
    assertThat(log().find(account, 1).orElseThrow().outcome()).contains(mined(1));
  }

  @Test
  public void reopensWhatTheChainHasLost() {
    // Given
    append(1, "a");
    append(2, "b");
    log().conclude(account, 1, mined(1));
    log().conclude(account, 2, mined(2));

    // When
    log().reopen(account, 2);

    // Then
    assertThat(log().open(account).stream().map(Sent::nonce)).containsExactly(2L);
    assertThat(log().find(account, 2).orElseThrow().variants())
        .containsExactly(aTransaction(2, "first"));
  }

  @Test
  public void findsTheLastSendOfAPurpose() {
    // Given
    append(8, "a");
    log().conclude(account, 8, new Outcome.Displaced());
    append(2, "a");
    append(3, "b");

    // Then
    assertThat(log().findByPurpose(purpose("a")).orElseThrow().nonce()).isEqualTo(2);
    assertThat(log().findByPurpose(purpose("nothing"))).isEmpty();
  }

  @Test
  public void refusesAPurposeThatIsUnderWayOnWhateverAccount() {
    // Given
    append(1, "a");

    // When
    assertThatThrownBy(() -> append(1, "a")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(
            () -> log().append(other, 1, purpose("a"), nonce -> aTransaction(nonce, "first")))
        .isInstanceOf(RuntimeException.class);

    // Then
    assertThat(log().find(account, 2)).isEmpty();
    assertThat(log().open(other)).isEmpty();
  }

  @Test
  public void oneTransactionMayServeSeveralPurposes() {
    // When
    var sent =
        log()
            .append(
                account,
                4,
                List.of(purpose("a"), purpose("b")),
                nonce -> aTransaction(nonce, "first"));

    // Then
    assertThat(log().findByPurpose(purpose("a"))).contains(sent);
    assertThat(log().findByPurpose(purpose("b"))).contains(sent);
  }

  @Test
  public void refusesSeveralPurposesIfOneIsUnderWay() {
    // Given
    append(1, "b");

    // When
    var both = List.of(purpose("a"), purpose("b"));
    assertThatThrownBy(() -> log().append(account, 1, both, nonce -> aTransaction(nonce, "first")))
        .isInstanceOf(RuntimeException.class);

    // Then
    assertThat(log().findByPurpose(purpose("a"))).isEmpty();
    assertThat(append(1, "a").nonce()).isEqualTo(2);
  }

  @Test
  public void aPurposeWhoseSendEndedMayBeSentAgain() {
    // Given
    append(1, "a");
    log().conclude(account, 1, mined(1));

    // When
    var again = append(2, "a");

    // Then
    assertThat(again.nonce()).isEqualTo(2);
  }

  @Test
  public void onePurposeAskedForBySeveralAtOnceIsBegunOnce() throws Exception {
    // When
    var begun =
        atOnce(
            16,
            i -> {
              try {
                append(i, "a");
                return 1;
              } catch (RuntimeException underWay) {
                return 0;
              }
            });

    // Then
    assertThat(begun.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
  }

  private Sent append(long firstFree, String purpose) {
    return log()
        .append(account, firstFree, purpose(purpose), nonce -> aTransaction(nonce, "first"));
  }

  private String purpose(String name) {
    return salt + "/" + name;
  }

  private SignedTransaction aTransaction(long nonce, String variant) {
    return new SignedTransaction(
        Bytes.of((salt + nonce + variant).getBytes(StandardCharsets.UTF_8)));
  }

  private Outcome mined(long nonce) {
    return new Outcome.Mined(aTransaction(nonce, "first").hash(), BLOCK, nonce % 2 == 1);
  }

  private static Address anAddress() {
    return Address.of(anythingOf(20).toBytes());
  }

  private static Bytes anythingOf(int length) {
    var bytes = new byte[length];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static <T> List<T> atOnce(int times, IntFunction<T> action)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      var tasks = IntStream.range(0, times).<Callable<T>>mapToObj(i -> () -> action.apply(i));
      for (Future<T> each : threads.invokeAll(tasks.toList())) {
        results.add(each.get());
      }
      return results;
    }
  }
}
