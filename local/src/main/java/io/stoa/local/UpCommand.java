package io.stoa.local;

import io.stoa.domain.ChainId;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.process.Ports;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.StateDirectory;
import io.stoa.local.state.StateLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./stoa up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description =
        "Runs a market on this machine: with --detach in the background, else until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
  private static final int INTERRUPTED = 130;
  private static final Duration STARTING = Duration.ofSeconds(10);

  @Option(names = "--home", required = true, hidden = true)
  private Path home;

  @Option(names = "--state", required = true, hidden = true)
  private Path state;

  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "N",
      description = "Where the market listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      description =
          "The id of a new local chain (default: 31337); 84532 for clients of x402 version 1.")
  private @Nullable Long chainId;

  @Option(names = "--fresh", description = "Forget what was there and start anew.")
  private boolean fresh;

  @Option(
      names = "--detach",
      description = "Return once the market is ready and the demo model is for sale.")
  private boolean detach;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  UpCommand() {}

  @Override
  public Integer call() throws IOException {
    if (port < 1 || port > 65_535) {
      throw new StartFailure("Not a port: " + port + ".");
    }
    var directory = new StateDirectory(state);
    var market = new LocalMarket(directory);
    var console = new Console(System.out);
    directory.prepare();
    try (var _ = StateLock.take(directory)) {
      if (fresh) {
        market.stop();
        directory.wipe();
        directory.prepare();
      }
      market.refuseIfUp();
      market.stopProgram();
      if (!Ports.isFree(port)) {
        throw new StartFailure("Port " + port + " is taken: choose another with --port.");
      }
      return run(directory, market, console);
    }
  }

  private int run(StateDirectory directory, LocalMarket market, Console console)
      throws IOException {
    var started = new CountDownLatch(1);
    var starter = Thread.currentThread();
    var stopper = new Thread(() -> stop(market, console, starter, started));
    Runtime.getRuntime().addShutdownHook(stopper);
    try {
      new Startup(new Checkout(home), directory, port, chain(directory), console).run();
    } catch (StartFailure failure) {
      if (stopper.getState() == Thread.State.NEW) {
        throw failure; // and the hook stops what was started
      }
      return INTERRUPTED;
    } finally {
      started.countDown();
    }
    if (detach) {
      market.markDetached();
      console.say("It runs in the background: ./stoa down stops it.");
      return forget(stopper) ? 0 : INTERRUPTED;
    }
    console.say("Ctrl-C stops it; nothing is lost.");
    market.awaitEndOfProgram();
    if (forget(stopper)) {
      throw new StartFailure(
          "The market ended by itself, and %s says why; ./stoa up restarts it."
              .formatted(directory.log().resolve("market.log")));
    }
    return INTERRUPTED;
  }

  private ChainId chain(StateDirectory directory) {
    return chainId == null
        ? LocalChain.idOf(directory.root()).orElse(LocalChain.ID)
        : new ChainId(chainId);
  }

  /** Whether it was still time to: false once this program is being stopped. */
  private static boolean forget(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      return false;
    }
  }

  /** Runs when this program is told to end, or fails. */
  private static void stop(
      LocalMarket market, Console console, Thread starter, CountDownLatch started) {
    try {
      console.say("stopping…");
      starter.interrupt();
      started.await(STARTING.toMillis(), TimeUnit.MILLISECONDS);
      market.stop();
      console.say("stopped; nothing is lost.");
    } catch (IOException | StartFailure e) {
      console.say("stoa: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
