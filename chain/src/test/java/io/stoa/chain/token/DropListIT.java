package io.stoa.chain.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.CommunityDistributor;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropListIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Anvil anvil = Anvil.start();
  private final Rpc rpc = anvil.rpc();
  private final Wallet deployer = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());

  @AfterEach
  void close() {
    rpc.close();
    anvil.close();
  }

  @Test
  void everyEntryOfAnyListIsPaidOnce() {
    // Given
    var plan = DeploymentPlan.development(deployer.address(), Anvil.GUARDIAN);
    var token = new Deployment(rpc, deployer, _ -> {}).deploy(plan).marketToken();
    for (int size : List.of(1, 2, 5)) {
      var list = listOf(size, token);
      var drop = new DeploymentPlan.Drop(list.root(), Instant.parse("2100-01-01T00:00:00Z"));
      var book = new Deployment(rpc, deployer, _ -> {}).deploy(plan.with(drop));
      var distributor = book.find(AddressBook.COMMUNITY_DISTRIBUTOR).orElseThrow();
      send(token, TokenCalls.transfer(distributor, list.total()));

      // When
      IntStream.range(0, size).forEach(index -> send(distributor, claim(list, index)));

      // Then
      assertThat(new TokenReads(rpc).balanceOf(token, distributor, BlockId.LATEST)).isZero();
      assertThat(
              deployer.send(
                  UnsignedTransaction.call(Anvil.CHAIN, distributor, claim(list, 0)), PATIENCE))
          .isInstanceOf(SendOutcome.NotSent.class);
    }
  }

  @Test
  void aListOfNobodyIsRefused() {
    assertThatThrownBy(() -> listOf(0, Address.ZERO)).isInstanceOf(IllegalArgumentException.class);
  }

  private void send(Address to, Bytes call) {
    assertThat(deployer.send(UnsignedTransaction.call(Anvil.CHAIN, to, call), PATIENCE))
        .isInstanceOf(SendOutcome.Mined.class);
  }

  private static Bytes claim(DropList list, int index) {
    var entry = list.entries().get(index);
    return Bytes.parse(
        CommunityDistributor.getABI_claim(
            BigInteger.valueOf(index),
            entry.account().toString(),
            entry.amount(),
            list.proof(index).stream().map(Bytes32::toBytes).toList()));
  }

  private static DropList listOf(int size, Address token) {
    return new DropList(
        Anvil.CHAIN,
        token,
        IntStream.range(0, size)
            .mapToObj(
                i ->
                    new DropList.Entry(
                        Address.parse("0x%040x".formatted(0xc0ffee + i)),
                        BigInteger.valueOf(1_000 + i)))
            .toList());
  }
}
