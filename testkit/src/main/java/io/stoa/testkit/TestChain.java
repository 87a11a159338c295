package io.stoa.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.token.TokenCalls;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/**
 * A local chain with the market's contracts on it. It mines a block for every transaction and none
 * else, unless told otherwise.
 */
public final class TestChain implements AutoCloseable {
  public static final ChainId ID = Anvil.CHAIN;

  private static final BigInteger GAS_MONEY = BigInteger.TEN.pow(20);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Anvil anvil;
  private final Rpc rpc;
  private final AddressBook contracts;

  private TestChain() {
    this.anvil = Anvil.start();
    this.rpc = anvil.rpc();
    var deployer = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
    this.contracts =
        new Deployment(rpc, deployer, _ -> {})
            .deploy(DeploymentPlan.development(deployer.address(), Anvil.GUARDIAN));
  }

  private static final class Shared {
    static final TestChain CHAIN = start();

    private static TestChain start() {
      var chain = TestChain.start();
      Runtime.getRuntime().addShutdownHook(new Thread(chain::close, "end of test chain"));
      return chain;
    }
  }

  /**
   * One chain for all tests of this JVM that leave it as they found it: mining by itself, on its
   * own time.
   */
  public static TestChain shared() {
    return Shared.CHAIN;
  }

  /** A chain of one's own, for tests that break it. Takes about two seconds. */
  public static TestChain start() {
    return new TestChain();
  }

  public Rpc rpc() {
    return rpc;
  }

  /** Where it takes JSON-RPC. */
  public URI endpoint() {
    return anvil.endpoint();
  }

  public AddressBook contracts() {
    return contracts;
  }

  /** The test dollar. */
  public Asset dollar() {
    return new Asset(ID, contracts.usdCoin());
  }

  /** What payments in the test dollar are signed for, read from the token itself. */
  public TokenDomain dollarDomain() {
    var reads = new TokenReads(rpc);
    return TokenDomain.of(
        dollar(), reads.name(contracts.usdCoin()), reads.version(contracts.usdCoin()));
  }

  /** A new account with gas and nothing else. */
  public SigningKey account() {
    var key = newKey();
    anvil.fund(key.address(), GAS_MONEY);
    return key;
  }

  /** A new account with this many units of the test dollar, and no gas: paying needs none. */
  public SigningKey buyer(long units) {
    var key = newKey();
    mint(key.address(), units);
    return key;
  }

  private static SigningKey newKey() {
    var secret = new byte[32];
    RANDOM.nextBytes(secret);
    secret[0] = 0; // below the order of the curve
    return SigningKey.of(Bytes32.of(secret));
  }

  /** Makes test dollars. */
  public void mint(Address owner, long units) {
    send(Anvil.RICH, contracts.usdCoin(), TokenCalls.mint(owner, BigInteger.valueOf(units)));
  }

  /** Units of the test dollar. */
  public BigInteger dollarsOf(Address owner) {
    return new TokenReads(rpc).balanceOf(contracts.usdCoin(), owner, BlockId.LATEST);
  }

  /** Sends and waits; fails the test if it is not mined or does nothing. */
  public Receipt send(SigningKey from, Address to, Bytes data) {
    var outcome =
        new Wallet(rpc, from, SendPolicy.standard())
            .send(UnsignedTransaction.call(ID, to, data), PATIENCE);
    if (outcome instanceof SendOutcome.Mined(var receipt)) {
      return receipt;
    }
    throw new AssertionError("not carried out: " + outcome);
  }

  public void mine(int blocks) {
    ask("anvil_mine", "0x" + Integer.toHexString(blocks));
  }

  /** Whether a block is mined for every transaction as it comes. */
  public void setAutomine(boolean isOn) {
    ask("evm_setAutomine", isOn);
  }

  /** Lets the node forget a transaction that waits. */
  public void drop(TxHash transaction) {
    ask("anvil_dropTransaction", transaction.toString());
  }

  /**
   * Replaces the newest {@code depth} blocks by as many empty ones. Their transactions are gone and
   * not pending.
   */
  public void reorg(int depth) {
    ask("anvil_reorg", depth, List.of());
  }

  /** Returns what {@link #revert} takes. */
  public String snapshot() {
    return ask("evm_snapshot").textValue();
  }

  /** Makes the chain what it was, shorter than it is. */
  public void revert(String snapshot) {
    ask("evm_revert", snapshot);
  }

  /** Calls one of anvil's own methods. */
  public JsonNode ask(String method, Object... parameters) {
    return anvil.ask(method, parameters);
  }

  @Override
  public void close() {
    rpc.close();
    anvil.close();
  }
}
