package io.stoa.local;

import io.stoa.local.state.StateDirectory;
import io.stoa.local.state.StateLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./stoa down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stops the local market, losing nothing.")
final class DownCommand implements Callable<Integer> {
  @Option(names = "--state", required = true, hidden = true)
  private Path state;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  DownCommand() {}

  @Override
  public Integer call() throws IOException {
    var directory = new StateDirectory(state);
    if (!Files.isDirectory(directory.root())) {
      System.out.println("No market in " + directory.root() + ".");
      return 0;
    }
    var market = new LocalMarket(directory);
    boolean ran = market.isRunning();
    try (var _ = StateLock.takeOver(directory)) {
      market.stop();
    }
    System.out.println(ran ? "Stopped; nothing is lost." : "No market was running.");
    return 0;
  }
}
