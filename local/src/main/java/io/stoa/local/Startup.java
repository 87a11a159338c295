package io.stoa.local;

import io.stoa.chain.deploy.AddressBook;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.cli.endpoints.Endpoints;
import io.stoa.crypto.Eip55;
import io.stoa.domain.ChainId;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.database.LocalDatabase;
import io.stoa.local.process.StartFailure;
import io.stoa.local.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** From nothing, or from what still runs, to a market where the demo model is for sale. */
final class Startup {
  private final Checkout checkout;
  private final StateDirectory state;
  private final int port;
  private final ChainId chainId;
  private final Console console;

  Startup(Checkout checkout, StateDirectory state, int port, ChainId chainId, Console console) {
    this.checkout = checkout;
    this.state = state;
    this.port = port;
    this.chainId = chainId;
    this.console = console;
  }

  /**
   * Blocks until it is ready.
   *
   * @throws StartFailure when a part cannot run
   */
  void run() {
    console.say("Stoa, with its state in " + state.root());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      start(threads);
    } catch (CompletionException e) {
      throw asFailure(e.getCause() == null ? e : e.getCause());
    }
    console.say(String.format(Locale.ROOT, "ready in %.1f s", console.elapsed().toMillis() / 1e3));
  }

  private void start(ExecutorService threads) {
    var database =
        CompletableFuture.supplyAsync(
            () ->
                console.step(
                    "database",
                    () -> LocalDatabase.start(state.database(), checkout.postgres()),
                    LocalDatabase::url),
            threads);
    var chain =
        CompletableFuture.supplyAsync(
            () ->
                console.step(
                    "chain",
                    () -> LocalChain.start(state.root(), checkout.anvil(), chainId),
                    running -> running.rpc().toString()),
            threads);
    var demo = CompletableFuture.supplyAsync(this::startDemo, threads);
    var contracts =
        chain.thenApplyAsync(
            running ->
                console.step(
                    "contracts",
                    () -> new Deployment(running, state.addressBook()).ensure(),
                    book -> book.contracts().size() + " in place, buyers hold test dollars"),
            threads);
    var market =
        database.thenCombineAsync(
            contracts, (running, _) -> startMarket(running, chain.join()), threads);
    CompletableFuture.allOf(market, demo).join();
    var endpoints = endpoints(database.join(), chain.join(), contracts.join());
    console.step(
        "stoa/minilm",
        () -> new DemoListing(endpoints, checkout.demoModel(), demo.join()).ensure(),
        outcome -> outcome);
    write(endpoints);
    introduce(endpoints);
  }

  private DemoProgram startDemo() {
    var demo = new DemoProgram(state);
    demo.ensure(checkout, MarketProgram.origin(port));
    return demo;
  }

  private MarketProgram startMarket(LocalDatabase database, LocalChain chain) {
    return console.step(
        "market",
        () -> {
          var market = new MarketProgram(state);
          market.awaitReady(market.start(checkout, port, database, chain), port);
          return market;
        },
        _ -> MarketProgram.origin(port).toString());
  }

  private Endpoints endpoints(LocalDatabase database, LocalChain chain, AddressBook contracts) {
    return new Endpoints(
        MarketProgram.origin(port),
        chain.rpc(),
        chain.id(),
        contracts.contracts(),
        DevelopmentWallet.all(),
        database.urlWithPassword(),
        state.storage());
  }

  private void write(Endpoints endpoints) {
    try {
      endpoints.write(state.root());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void introduce(Endpoints endpoints) {
    console.say("");
    console.say("  market       " + endpoints.api());
    console.say("  listings     " + endpoints.api().resolve("/v1/listings"));
    console.say("  OpenAPI      " + endpoints.api().resolve("/q/openapi"));
    console.say("  chain        " + endpoints.rpc() + " (id " + endpoints.chainId().value() + ")");
    console.say("  everything   " + Endpoints.fileIn(state.root()));
    console.say("");
    console.say("  development wallets (their keys are public: use them on this chain only)");
    for (var wallet : endpoints.wallets()) {
      console.say("    %-10s %s".formatted(wallet.name(), Eip55.checksum(wallet.address())));
    }
    console.say("");
  }

  private static StartFailure asFailure(Throwable cause) {
    return cause instanceof StartFailure failure
        ? failure
        : new StartFailure("The market cannot start: " + cause.getMessage(), cause);
  }
}
