package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatheringTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final LinkedBlockingQueue<List<Integer>> groups = new LinkedBlockingQueue<>();
  private final Gathering<Integer, String> gathering =
      new Gathering<>(3, Duration.ofSeconds(2), this::answer);

  private void answer(List<Gathering.Asked<Integer, String>> group, Runnable left) {
    groups.add(group.stream().map(Gathering.Asked::question).toList());
    first.join();
    group.forEach(asked -> asked.answer().complete("answer " + asked.question()));
  }

  @Test
  void whatIsAskedMeanwhileGoesTogetherAndNoMoreThanMayGo() throws InterruptedException {
    // Given
    var one = gathering.join(1, LONG);
    assertThat(groups.take()).containsExactly(1);

    // When
    var others = List.of(2, 3, 4, 5).stream().map(it -> gathering.join(it, LONG)).toList();
    first.complete(null);

    // Then
    assertThat(one.join()).isEqualTo("answer 1");
    assertThat(others.stream().map(CompletableFuture::join))
        .containsExactly("answer 2", "answer 3", "answer 4", "answer 5");
    assertThat(groups).containsExactly(List.of(2, 3, 4), List.of(5));
  }

  @Test
  void afterAGroupOfSeveralTheNextWaitsForCompany() throws InterruptedException {
    // Given
    var one = gathering.join(1, LONG);
    assertThat(groups.take()).containsExactly(1);
    var several = List.of(gathering.join(2, LONG), gathering.join(3, LONG));
    first.complete(null);
    assertThat(groups.take()).containsExactly(2, 3);

    // When
    var four = gathering.join(4, LONG);
    var leftAtOnce = groups.poll(100, TimeUnit.MILLISECONDS);
    var five = gathering.join(5, LONG);

    // Then
    assertThat(leftAtOnce).isNull();
    assertThat(four.join()).isEqualTo("answer 4");
    assertThat(five.join()).isEqualTo("answer 5");
    assertThat(groups).containsExactly(List.of(4, 5));
    assertThat(one).isCompleted();
    assertThat(several).allMatch(CompletableFuture::isDone);
  }

  @Test
  void nobodyWaitsAnyLongerWhenAllAreBack() throws InterruptedException {
    // Given
    var patient = new Gathering<>(9, LONG, this::answer);
    var one = patient.join(1, LONG);
    assertThat(groups.take()).containsExactly(1);
    var several = List.of(patient.join(2, LONG), patient.join(3, LONG));
    first.complete(null);
    several.forEach(CompletableFuture::join);

    // When
    var back = List.of(patient.join(4, LONG), patient.join(5, LONG));

    // Then
    assertThat(back.stream().map(CompletableFuture::join)).containsExactly("answer 4", "answer 5");
    assertThat(groups).containsExactly(List.of(2, 3), List.of(4, 5));
    assertThat(one).isCompleted();
  }

  @Test
  void whoHasWaitedTooLongIsNotAskedForAnyMore() throws InterruptedException {
    // Given
    var one = gathering.join(1, LONG);
    assertThat(groups.take()).containsExactly(1);

    // When
    var late = gathering.join(2, Duration.ZERO);
    var patient = gathering.join(3, LONG);
    first.complete(null);

    // Then
    assertThat(one.join()).isEqualTo("answer 1");
    assertThat(patient.join()).isEqualTo("answer 3");
    assertThatThrownBy(late::join).hasCauseInstanceOf(MarketException.Unavailable.class);
    assertThat(groups).containsExactly(List.of(3));
  }

  @Test
  void anErrorReachesEveryoneOfItsGroup() {
    // Given
    var broken =
        new Gathering<Integer, String>(
            3,
            Duration.ZERO,
            (group, left) -> {
              throw new StackOverflowError();
            });

    // Then
    assertThatThrownBy(broken.join(1, LONG)::join).hasCauseInstanceOf(StackOverflowError.class);
  }
}
