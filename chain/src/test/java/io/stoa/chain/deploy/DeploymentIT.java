package io.stoa.chain.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.MarketAuthority;
import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.RegistryReads;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentIT {
  private final Anvil anvil = Anvil.start();
  private final Rpc rpc = anvil.rpc();
  private final Wallet wallet = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
  private final List<String> progress = new ArrayList<>();
  private final DeploymentPlan plan = DeploymentPlan.development(wallet.address(), Anvil.GUARDIAN);

  @AfterEach
  void close() {
    rpc.close();
    anvil.close();
  }

  @Test
  void theSecondRunSendsNothingAndFindsTheSame() {
    // Given
    var first = deploy(plan);
    long sent = rpc.nonce(wallet.address());
    anvil.ask("anvil_mine", "0x20");

    // When
    var second = deploy(plan);

    // Then
    assertThat(second).isEqualTo(first);
    assertThat(rpc.nonce(wallet.address())).isEqualTo(sent);
    assertThat(first.contracts()).hasSize(28);
    assertThat(first.contracts().values()).allMatch(address -> !rpc.code(address).isEmpty());
  }

  @Test
  void theAddressesFollowFromThePlanAndTheDeployerAlone() {
    // Given
    var here = deploy(plan);
    try (var elsewhere = Anvil.start("--timestamp", "1900000000");
        var otherRpc = elsewhere.rpc()) {
      var sameDeployer = new Wallet(otherRpc, Anvil.RICH, SendPolicy.standard());
      sameDeployer.send(
          UnsignedTransaction.call(Anvil.CHAIN, Anvil.GUARDIAN, Bytes.EMPTY),
          Duration.ofSeconds(5));

      // When
      var there = new Deployment(otherRpc, sameDeployer, _ -> {}).deploy(plan);

      // Then
      assertThat(there.contracts()).isEqualTo(here.contracts());
    }
  }

  @Test
  void theDeploymentBlockIsThatOfTheRegistry() {
    // When
    var book = deploy(plan);

    // Then
    var first = rpc.logs(LogFilter.of(book.listingRegistry()), 0, rpc.head().number()).getFirst();
    assertThat(book.deploymentBlock()).isEqualTo(first.block().number());
  }

  @Test
  void aDeploymentThatWasCutOffIsFinished() {
    // Given: a deployer whose money ends on the way
    var pauper = anvil.account(78, BigInteger.TEN.pow(16));
    anvil.mine();
    var other = new Wallet(rpc, pauper, SendPolicy.standard());
    var sameMarket = DeploymentPlan.development(other.address(), Anvil.GUARDIAN);
    assertThatThrownBy(() -> new Deployment(rpc, other, _ -> {}).deploy(sameMarket))
        .isInstanceOf(DeploymentFailed.class);
    anvil.ask("anvil_setBalance", other.address().toString(), "0x8ac7230489e80000");

    // When
    var book = new Deployment(rpc, other, _ -> {}).deploy(sameMarket);

    // Then
    assertThat(book.contracts().values()).allMatch(address -> !rpc.code(address).isEmpty());
  }

  @Test
  void theDeployerKeepsNoRole() {
    // Given
    var book = deploy(plan);

    // When
    var reserved =
        wallet.send(
            new RegistryCalls(rpc.chainId(), book.listingRegistry()).reserve(List.of("mine")),
            Duration.ofSeconds(5));

    // Then
    assertThat(reserved).isInstanceOf(SendOutcome.NotSent.class);
  }

  @Test
  void aRoleOutOfPlaceIsFound() {
    // Given: a DAO that made the deployer its guardian
    var book = deploy(plan);
    var timelock = book.find(AddressBook.MARKET_TIMELOCK).orElseThrow().toString();
    anvil.ask("anvil_setBalance", timelock, "0x8ac7230489e80000");
    anvil.ask("anvil_impersonateAccount", timelock);
    anvil.ask(
        "eth_sendTransaction",
        Map.of(
            "from",
            timelock,
            "to",
            book.marketAuthority().toString(),
            "data",
            MarketAuthority.getABI_grantRole(
                BigInteger.ONE, wallet.address().toString(), BigInteger.ZERO)));
    anvil.mine();

    // Then
    assertThatThrownBy(() -> deploy(plan))
        .isInstanceOf(DeploymentFailed.class)
        .hasMessageContaining("verifying the roles");
  }

  @Test
  void onAnyOtherChainTheDollarMustBeGiven() {
    // Given
    try (var other = Anvil.start("--chain-id", "8453");
        var otherRpc = other.rpc()) {
      var deployment =
          new Deployment(
              otherRpc, new Wallet(otherRpc, Anvil.RICH, SendPolicy.standard()), _ -> {});

      // Then
      assertThatThrownBy(() -> deployment.deploy(plan))
          .isInstanceOf(DeploymentFailed.class)
          .hasMessageContaining("eip155:8453");
    }
  }

  @Test
  void onAPublicChainNothingStandsInForTheContractsOfOthers() {
    // Given
    var dollar = Address.parse("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913");
    var publicPlan =
        DeploymentPlan.standard(Anvil.GUARDIAN, wallet.address(), dollar, List.of("admin"));
    try (var other = Anvil.start("--chain-id", "8453");
        var otherRpc = other.rpc()) {
      other.ask("anvil_setCode", dollar.toString(), UsdCoin.RUNTIME);

      // When
      var book =
          new Deployment(otherRpc, new Wallet(otherRpc, Anvil.RICH, SendPolicy.standard()), _ -> {})
              .deploy(publicPlan);

      // Then
      assertThat(book.usdCoin()).isEqualTo(dollar);
      assertThat(book.contracts()).hasSize(21).doesNotContainKeys("Permit2", "PaymentChannels");
      assertThat(new RegistryReads(otherRpc, book.listingRegistry()).isReserved("admin")).isTrue();
    }
  }

  @Test
  void withoutTheProxyItSaysWhatIsMissing() {
    // Given
    anvil.ask("anvil_setCode", Create2.PROXY.toString(), "0x");

    // Then
    assertThatThrownBy(() -> deploy(plan))
        .isInstanceOf(DeploymentFailed.class)
        .hasMessageContaining("deterministic deployment proxy");
  }

  @Test
  void theAddressBookIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
    // Given
    var book = deploy(plan);
    var file = folder.resolve("contracts.json");

    // When
    book.write(file);

    // Then
    assertThat(AddressBook.read(file)).contains(book);
    assertThat(AddressBook.read(folder.resolve("none.json"))).isEmpty();
  }

  @Test
  void aWalletRefusesATransactionOfAnotherChain() {
    // When
    var outcome =
        wallet.send(
            new UnsignedTransaction(
                new ChainId(1),
                wallet.address(),
                Bytes.EMPTY,
                BigInteger.ZERO,
                OptionalLong.empty()),
            Duration.ofSeconds(5));

    // Then
    assertThat(outcome)
        .isEqualTo(new SendOutcome.NotSent("it is meant for eip155:1, not for eip155:31337"));
  }

  private AddressBook deploy(DeploymentPlan plan) {
    return new Deployment(rpc, wallet, progress::add).deploy(plan);
  }
}
