package io.stoa.chain.deploy;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.AccessManager;
import io.stoa.chain.contract.ListingRegistry;
import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.RegistryReads;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.Wallet;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Deploys the market's contracts through the deterministic proxy. What is there already is left
 * alone: the second run sends nothing and returns the same. Blocks; fails with {@link
 * DeploymentFailed}, or like {@link Rpc}.
 */
public final class Deployment {
  /** Chains on which our own dollar token may stand in for the real one. */
  private static final Set<ChainId> DEVELOPMENT = Set.of(new ChainId(31337), new ChainId(84532));

  private static final Bytes32 SALT = Bytes32.ZERO;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Rpc rpc;
  private final Wallet deployer;
  private final Consumer<String> progress;

  /**
   * @param deployer pays; owns nothing because of it
   * @param progress is told one sentence for each step
   */
  public Deployment(Rpc rpc, Wallet deployer, Consumer<String> progress) {
    this.rpc = rpc;
    this.deployer = deployer;
    this.progress = progress;
  }

  public AddressBook deploy(DeploymentPlan plan) {
    var chain = rpc.chainId();
    if (plan.dollar().isEmpty() && !DEVELOPMENT.contains(chain)) {
      throw new DeploymentFailed(
          "on " + chain + " the address of the dollar token must be given: it is no test chain");
    }
    if (rpc.code(Create2.PROXY).isEmpty()) {
      throw new DeploymentFailed(
          "the deterministic deployment proxy " + Create2.PROXY + " is not on " + chain);
    }
    var contracts = new LinkedHashMap<String, Address>();
    var manager =
        place(chain, AddressBook.ACCESS_MANAGER, AccessManager.BINARY, Abi.word(plan.admin()));
    contracts.put(AddressBook.ACCESS_MANAGER, manager);
    var registry =
        place(
            chain,
            AddressBook.LISTING_REGISTRY,
            ListingRegistry.BINARY,
            Abi.word(manager),
            Abi.word(plan.handleDelay().toSeconds()));
    contracts.put(AddressBook.LISTING_REGISTRY, registry);
    contracts.put(AddressBook.REVENUE_SPLITTER, new RegistryReads(rpc, registry).splitterCode());
    contracts.put(AddressBook.USD_COIN, dollar(chain, plan));
    reserve(chain, registry, plan);
    verify(contracts);
    return new AddressBook(chain, firstBlockOf(registry), contracts);
  }

  private Address dollar(ChainId chain, DeploymentPlan plan) {
    return plan.dollar()
        .orElseGet(
            () -> place(chain, AddressBook.USD_COIN, UsdCoin.BINARY, Abi.word(plan.minter())));
  }

  private Address place(ChainId chain, String name, String binary, Bytes32... arguments) {
    var creation = creation(binary, arguments);
    var address = Create2.addressOf(SALT, creation);
    if (!rpc.code(address).isEmpty()) {
      progress.accept(name + " is at " + address);
      return address;
    }
    send(name, UnsignedTransaction.call(chain, Create2.PROXY, Create2.call(SALT, creation)));
    progress.accept(name + " was deployed to " + address);
    return address;
  }

  private static byte[] creation(String binary, Bytes32... arguments) {
    var code = Bytes.parse(binary).toBytes();
    var encoded = Abi.encode(arguments);
    var creation = Arrays.copyOf(code, code.length + encoded.length);
    System.arraycopy(encoded, 0, creation, code.length, encoded.length);
    return creation;
  }

  private void reserve(ChainId chain, Address registry, DeploymentPlan plan) {
    var reads = new RegistryReads(rpc, registry);
    var missing = plan.reservedNames().stream().filter(name -> !reads.isReserved(name)).toList();
    if (!missing.isEmpty() && deployer.address().equals(plan.admin())) {
      send("reserved names", new RegistryCalls(chain, registry).reserve(missing));
      progress.accept(missing.size() + " names were reserved");
    }
  }

  private void send(String what, UnsignedTransaction transaction) {
    var failure =
        switch (deployer.send(transaction, PATIENCE)) {
          case SendOutcome.Mined _ -> "";
          case SendOutcome.Reverted(var receipt) -> "was reverted in " + receipt.transaction();
          case SendOutcome.NotSent(var reason) -> "could not be sent: " + reason;
          case SendOutcome.OutcomeUnknown(var hash) ->
              "is not mined yet, wait for " + hash + " and try again";
        };
    if (!failure.isEmpty()) {
      throw new DeploymentFailed(what + " " + failure);
    }
  }

  private void verify(Map<String, Address> contracts) {
    contracts.forEach(
        (name, address) -> {
          if (rpc.code(address).isEmpty()) {
            throw new DeploymentFailed("there is no " + name + " at " + address);
          }
        });
  }

  /** The registry names its authority when it is created: that is its first log. */
  private long firstBlockOf(Address registry) {
    return rpc.logs(LogFilter.of(registry), 0, rpc.head().number()).stream()
        .map(Log::block)
        .findFirst()
        .orElseThrow(() -> new DeploymentFailed("the registry's first log cannot be found"))
        .number();
  }
}
