package io.stoa.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells the person at the terminal what is happening and how long it took. */
final class Console {
  private final PrintStream out;
  private final long start = System.nanoTime();

  Console(PrintStream out) {
    this.out = out;
  }

  synchronized void say(String line) {
    out.println(line);
  }

  /**
   * Runs {@code work} and prints how long it took. Steps may run at the same time.
   *
   * @param outcome what to say of the result
   */
  <T> T step(String name, Supplier<T> work, Function<T, String> outcome) {
    long begin = System.nanoTime();
    var result = work.get();
    say(
        String.format(
            Locale.ROOT,
            "  %-14s %5.1f s  %s",
            name,
            (System.nanoTime() - begin) / 1e9,
            outcome.apply(result)));
    return result;
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
