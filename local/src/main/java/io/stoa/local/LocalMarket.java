package io.stoa.local;

import io.stoa.cli.endpoints.Endpoints;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.database.LocalDatabase;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Everything that runs for one state directory. */
record LocalMarket(StateDirectory state) {

  boolean isRunning() {
    return new MarketProgram(state).find().isPresent()
        || new DemoProgram(state).find().isPresent()
        || LocalChain.find(state.root()).isPresent()
        || LocalDatabase.find(state.database()).isPresent();
  }

  /** Stops what runs, the node first, since it needs the others. */
  void stop() throws IOException {
    Files.deleteIfExists(Endpoints.fileIn(state.root()));
    Files.deleteIfExists(detachedMark());
    new MarketProgram(state).stop();
    atOnce(
        new DemoProgram(state)::stop,
        () -> LocalChain.stop(state.root()),
        () -> LocalDatabase.stop(state.database()));
  }

  private static void atOnce(Runnable... works) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture.allOf(
              Stream.of(works)
                  .map(work -> CompletableFuture.runAsync(work, threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StartFailure failure ? failure : e;
    }
  }

  /**
   * @throws StartFailure when it runs in the background; one whose watcher was killed does not
   *     count
   */
  void refuseIfUp() {
    var program = new MarketProgram(state).find();
    if (program.isPresent() && Files.exists(detachedMark())) {
      throw new StartFailure(
          "Process %d holds the lock of %s: this market is up; ./stoa down stops it."
              .formatted(program.get().pid(), state.root()));
    }
  }

  /** Stops the node alone. */
  void stopProgram() throws IOException {
    Files.deleteIfExists(detachedMark());
    new MarketProgram(state).stop();
  }

  /** Remembers that nobody watches it. */
  void markDetached() throws IOException {
    Files.writeString(detachedMark(), "");
  }

  void awaitEndOfProgram() {
    new MarketProgram(state).find().ifPresent(program -> program.onExit().join());
  }

  private Path detachedMark() {
    return state.run().resolve("detached");
  }
}
