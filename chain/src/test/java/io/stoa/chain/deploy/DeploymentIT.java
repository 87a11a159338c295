package io.stoa.chain.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.UnsignedTransaction;
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
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentIT {
  private final Anvil anvil = Anvil.start();
  private final Rpc rpc = anvil.rpc();
  private final Wallet wallet = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
  private final List<String> progress = new ArrayList<>();
  private final DeploymentPlan plan = DeploymentPlan.development(wallet.address());

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
    assertThat(first.contracts())
        .containsOnlyKeys("AccessManager", "ListingRegistry", "RevenueSplitter", "UsdCoin");
    assertThat(first.contracts().values()).allMatch(address -> !rpc.code(address).isEmpty());
    assertThat(progress).hasSize(6);
  }

  @Test
  void theAddressesFollowFromThePlanAlone() {
    // Given
    var here = deploy(plan);
    try (var elsewhere = Anvil.start();
        var otherRpc = elsewhere.rpc()) {
      var stranger = elsewhere.account(77, BigInteger.TEN.pow(18));
      var other = new Wallet(otherRpc, stranger, SendPolicy.standard());
      elsewhere.mine();

      // When
      var there = new Deployment(otherRpc, other, _ -> {}).deploy(plan);

      // Then
      assertThat(there.contracts()).isEqualTo(here.contracts());
    }
  }

  @Test
  void theDeploymentBlockIsThatOfTheRegistry() {
    // Given
    anvil.ask("anvil_mine", "0x5");

    // When
    var book = deploy(plan);

    // Then
    assertThat(book.deploymentBlock()).isEqualTo(7);
  }

  @Test
  void aHalfDoneDeploymentIsFinished() {
    // Given
    var otherMinter =
        new DeploymentPlan(
            plan.admin(), plan.handleDelay(), List.of("admin"), Optional.empty(), Address.ZERO);
    var first = deploy(plan);

    // When
    var second = deploy(otherMinter);

    // Then
    assertThat(second.listingRegistry()).isEqualTo(first.listingRegistry());
    assertThat(second.usdCoin()).isNotEqualTo(first.usdCoin());
    assertThat(progress).contains("1 names were reserved");
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
