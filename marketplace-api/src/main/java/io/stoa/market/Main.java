package io.stoa.market;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.stoa.market.node.StartFailures;

/** Starts the node, and says in one sentence why it cannot. */
@QuarkusMain
public final class Main {
  private Main() {}

  public static void main(String... args) {
    Quarkus.run(null, Main::end, args);
  }

  private static void end(Integer exitCode, Throwable failure) {
    if (failure != null) {
      System.err.println("stoa: " + StartFailures.sentence(failure));
    }
    System.exit(exitCode);
  }
}
