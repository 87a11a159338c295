package io.stoa.chain.deploy;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
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
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Puts single contracts on a chain through the deterministic proxy, leaves alone what is there, and
 * remembers where all of them are.
 */
final class Placement {
  private static final Bytes32 SALT = Bytes32.ZERO;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Rpc rpc;
  private final ChainId chain;
  private final Wallet deployer;
  private final Consumer<String> progress;
  private final Map<String, Address> contracts = new LinkedHashMap<>();

  Placement(Rpc rpc, ChainId chain, Wallet deployer, Consumer<String> progress) {
    this.rpc = rpc;
    this.chain = chain;
    this.deployer = deployer;
    this.progress = progress;
    if (!isThere(Create2.PROXY)) {
      throw new DeploymentFailed(
          "the deterministic deployment proxy " + Create2.PROXY + " is not on " + chain);
    }
  }

  /**
   * @param arguments of the constructor, each a word
   */
  Address place(String name, String binary, Bytes32... arguments) {
    var creation = creation(binary, arguments);
    var address = Create2.addressOf(SALT, creation);
    if (isThere(address)) {
      progress.accept(name + " is at " + address);
    } else {
      send(name, Create2.PROXY, Create2.call(SALT, creation));
      progress.accept(name + " was deployed to " + address);
    }
    contracts.put(name, address);
    return address;
  }

  /** A contract that another one made, which a view function of that one names. */
  Address found(String name, Address maker, String question) {
    var address = Abi.address(Abi.wordAt(read(name, maker, question).toBytes(), 0));
    contracts.put(name, address);
    return address;
  }

  /** A contract that was there before; fails if there is none. */
  void adopt(String name, Address contract) {
    if (!isThere(contract)) {
      throw new DeploymentFailed("there is no " + name + " at " + contract);
    }
    contracts.put(name, contract);
  }

  /** Puts code at an address of its own, which only a development chain lets one do. */
  void standIn(String name, Address canonical, String runtime) {
    rpc.ask(RpcRequest.placeCode(canonical, Bytes.parse(runtime)));
    progress.accept("a stand-in for " + name + " was put at " + canonical);
  }

  boolean isThere(Address contract) {
    return !rpc.code(contract).isEmpty();
  }

  void send(String what, Address to, Bytes data) {
    var failure =
        switch (deployer.send(UnsignedTransaction.call(chain, to, data), PATIENCE)) {
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

  /** What a view function says; fails if it is reverted. */
  Bytes read(String what, Address contract, String data) {
    return switch (rpc.call(Call.of(contract, Bytes.parse(data)), BlockId.LATEST)) {
      case CallResult.Returned(var answer) -> answer;
      case CallResult.Reverted(var message, var error) ->
          throw new DeploymentFailed(what + " fails: " + message + " " + error);
    };
  }

  /** A contract that is placed already. */
  Address at(String name) {
    return Objects.requireNonNull(contracts.get(name), name);
  }

  Map<String, Address> contracts() {
    return contracts;
  }

  private static byte[] creation(String binary, Bytes32... arguments) {
    var code = Bytes.parse(binary).toBytes();
    var encoded = Abi.encode(arguments);
    var creation = Arrays.copyOf(code, code.length + encoded.length);
    System.arraycopy(encoded, 0, creation, code.length, encoded.length);
    return creation;
  }
}
