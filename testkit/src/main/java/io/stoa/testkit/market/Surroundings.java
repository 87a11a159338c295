package io.stoa.testkit.market;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.keys.KeyFiles;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.token.TokenCalls;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.database.LocalDatabase;
import io.stoa.local.database.LocalDatabase.Durability;
import io.stoa.local.process.Await;
import io.stoa.local.state.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * What a market stands on: a database, a chain with the contracts on it, and a folder for
 * everything. Each has its own; closing it leaves nothing behind.
 *
 * @param home of everything, new and empty at first
 */
public record Surroundings(
    Path home, LocalDatabase database, LocalChain chain, Rpc rpc, AddressBook contracts)
    implements AutoCloseable {
  private static final BigInteger BUYERS_DOLLARS = BigInteger.valueOf(1_000_000_000L);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** As in earnest: what the database commits is on the disk. Blocks for some seconds. */
  public static Surroundings start() {
    return start(LocalChain.ID, Durability.DISK);
  }

  /** Quicker: what the database commits survives a killed process, not a machine that stops. */
  static Surroundings quick(ChainId id) {
    return start(id, Durability.MEMORY);
  }

  private static Surroundings start(ChainId id, Durability durability) {
    var root = Checkout.root();
    try {
      var folder = Files.createDirectories(Path.of("target", "markets").toAbsolutePath());
      var home = Files.createTempDirectory(folder, "market");
      var database =
          LocalDatabase.start(
              home.resolve("postgres"), root.resolve("local/target/postgres-18.4.0"), durability);
      var chain = LocalChain.start(home, Checkout.anvil(), id);
      var rpc = Rpc.connect(RpcSettings.of(chain.rpc()));
      var contracts = deploy(rpc);
      contracts.write(home.resolve("contracts.json"));
      Files.createDirectories(home.resolve("keys"));
      KeyFiles.writePlain(home.resolve("keys/sender-1.key"), wallet("operator").reveal());
      KeyFiles.writePlain(
          home.resolve("keys/facilitator-sender.key"),
          DevelopmentWallet.facilitator().privateKey());
      return new Surroundings(home, database, chain, rpc, contracts);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A development wallet; all of them have gas. */
  public static SigningKey wallet(String name) {
    return DevelopmentWallet.find(name).orElseThrow().key();
  }

  public Path addressBook() {
    return home.resolve("contracts.json");
  }

  /** Signs, sends, waits until it is mined; fails the test if it cannot be. */
  public void send(SigningKey wallet, UnsignedTransaction transaction) {
    send(rpc, wallet, transaction);
  }

  /** Takes the chain away, as it is; {@link #returnChain} brings it back. */
  public void takeChainAway() {
    LocalChain.stop(home);
  }

  public void returnChain() {
    LocalChain.start(home, Checkout.anvil(), chain.id());
  }

  /**
   * Like a machine that loses its power: every process of the database is killed, the first one
   * first. Returns when they are gone; {@link #returnDatabase} brings it back on the same data.
   */
  public void killDatabase() {
    var server = LocalDatabase.find(home.resolve("postgres")).orElseThrow().process();
    var all = Stream.concat(Stream.of(server), server.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    if (!Await.until(PATIENCE, () -> all.stream().noneMatch(ProcessHandle::isAlive))) {
      throw new AssertionError("the database does not die: " + all);
    }
  }

  public void returnDatabase() {
    LocalDatabase.start(
        home.resolve("postgres"), Checkout.root().resolve("local/target/postgres-18.4.0"));
  }

  /** Makes test dollars. */
  public void mint(Address owner, BigInteger units) {
    mint(rpc, contracts, owner, units);
  }

  private static AddressBook deploy(Rpc rpc) {
    var deployer = wallet("deployer");
    var plan = DeploymentPlan.development(deployer.address(), wallet("operator").address());
    var contracts =
        new Deployment(rpc, new Wallet(rpc, deployer, SendPolicy.standard()), _ -> {})
            .deploy(rpc.chainId().equals(LocalChain.ID) ? plan : plan.unhurried());
    for (var wallet : DevelopmentWallet.all()) {
      if (wallet.isBuyer()) {
        mint(rpc, contracts, wallet.address(), BUYERS_DOLLARS);
      }
    }
    return contracts;
  }

  private static void mint(Rpc rpc, AddressBook contracts, Address owner, BigInteger units) {
    send(
        rpc,
        wallet("deployer"),
        UnsignedTransaction.call(
            contracts.chain(), contracts.usdCoin(), TokenCalls.mint(owner, units)));
  }

  private static void send(Rpc rpc, SigningKey key, UnsignedTransaction transaction) {
    var outcome = new Wallet(rpc, key, SendPolicy.standard()).send(transaction, PATIENCE);
    if (!(outcome instanceof SendOutcome.Mined)) {
      throw new AssertionError("not mined: " + outcome);
    }
  }

  @Override
  public void close() {
    rpc.close();
    LocalChain.stop(home);
    LocalDatabase.stop(home.resolve("postgres"));
    try {
      new DirectoryTree(home).delete();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
