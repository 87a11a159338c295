package io.stoa.market;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.scheduler.Scheduler;
import io.stoa.market.node.Opened;
import io.stoa.market.node.StartFailures;
import jakarta.enterprise.event.Event;

/** Starts the node, and says in one sentence why it cannot. */
@QuarkusMain
public final class Main {
  private Main() {}

  public static void main(String... args) {
    Quarkus.run(Node.class, Main::end, args);
  }

  private static void end(Integer exitCode, Throwable failure) {
    if (failure != null) {
      System.err.println("stoa: " + StartFailures.sentence(failure));
    }
    System.exit(exitCode);
  }

  /** Runs once nothing that could still keep the node from starting is left. */
  static final class Node implements QuarkusApplication {
    private final Event<Opened> opened;
    private final Scheduler scheduler;

    Node(Event<Opened> opened, Scheduler scheduler) {
      this.opened = opened;
      this.scheduler = scheduler;
    }

    @Override
    public int run(String... args) {
      opened.fire(new Opened());
      scheduler.resume();
      Quarkus.waitForExit();
      return 0;
    }
  }
}
