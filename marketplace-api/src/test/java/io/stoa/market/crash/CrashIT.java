package io.stoa.market.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.local.process.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Nothing lost, nothing doubled: while customers of every kind buy, something is killed at a random
 * moment and started again, many times over. The books must hold together after each crash, and
 * once all is decided they must agree with the chain, the provider and the customers.
 *
 * <p>{@code STOA_CRASH_RUNS} says how many crashes there are, {@code STOA_CRASH_SEED} repeats the
 * choices of an earlier time.
 */
class CrashIT {
  private static final Duration NEXT_MOMENT = Duration.ofSeconds(60);
  private static final Duration DECIDED = Duration.ofSeconds(150);
  private static final int MOST_TIMES = 25;
  private static final List<Moment> MOMENTS = List.of(Moment.values());

  private static final long BEGAN = System.nanoTime();
  private static final Seed SEED = Seed.chosen();
  private static final int RUNS =
      Integer.parseInt(System.getenv().getOrDefault("STOA_CRASH_RUNS", "20"));

  @Test
  void oneInstanceLosesNothingAndDoublesNothing() {
    crash(1, (RUNS + 1) / 2, Fault.NODE);
  }

  @Test
  void twoInstancesAndAReorganisationLoseNothingAndDoubleNothing() {
    crash(2, RUNS / 2, Fault.REORGANISATION);
  }

  private static void crash(int size, int runs, Fault inTheMiddle) {
    var moments = new Moments();
    var testimony = new Testimony();
    var choice = SEED.of("faults of " + size);
    say("%d instances, %d runs, STOA_CRASH_SEED=%d".formatted(size, runs, SEED.value()));
    try (var site = new Site(size, moments);
        var door = new Door(site.instances())) {
      var till = new Till(site.surroundings().database());
      var load = Load.on(site, new Customer.Shop(door, testimony, moments, SEED));
      int run = 0;
      for (var fault : Fault.many(runs, inTheMiddle, choice)) {
        var moment = MOMENTS.get(choice.nextInt(MOMENTS.size()));
        int times = 1 + choice.nextInt(MOST_TIMES);
        moments.await(moment, times, NEXT_MOMENT);
        if (fault == Fault.REORGANISATION) {
          testimony.reorganised();
        }
        fault.strike(site, choice);
        say("run %d: %s at %s, %d more".formatted(++run, fault, moment, times));
        assertThat(till.faults())
            .as("after run %d (%s), seed %d", run, fault, SEED.value())
            .isEmpty();
      }
      load.finish();
      say("%d answers".formatted(testimony.answers().size()));
      assertThat(undecided(site, till)).as("undecided in the end, seed %d", SEED.value()).isEmpty();
      assertThat(new Audit(site, till, testimony, door).faults())
          .as("in the end, seed %d", SEED.value())
          .isEmpty();
    }
  }

  /**
   * Waits, while the chain grows, until there is nothing, and looks once more. Only a send may be
   * new then: nodes pay out what they claimed when they like.
   */
  private static List<String> undecided(Site site, Till till) {
    boolean isOver =
        Await.until(
            DECIDED,
            () -> {
              site.mine();
              return till.undecided().isEmpty();
            });
    return till.undecided().stream().filter(it -> !isOver || !it.startsWith("send ")).toList();
  }

  private static void say(String what) {
    var seconds = Duration.ofNanos(System.nanoTime() - BEGAN).toSeconds();
    System.out.println("crash: %s (%d s)".formatted(what, seconds));
  }
}
