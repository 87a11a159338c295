package io.stoa.local.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalChainIT {
  private static final Path ANVIL =
      Path.of("node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil").toAbsolutePath();

  @TempDir static Path home;
  private static LocalChain chain;

  @BeforeAll
  static void start() {
    chain = LocalChain.start(home, ANVIL);
  }

  @AfterAll
  static void stop() {
    LocalChain.stop(home);
  }

  @Test
  void givesGasToEveryDevelopmentWallet() {
    try (var rpc = connect()) {
      for (var wallet : DevelopmentWallet.all()) {
        assertThat(rpc.balance(wallet.address())).as(wallet.name()).isPositive();
      }
    }
  }

  @Test
  void isTakenOverWhileItRuns() {
    // Given
    var before = LocalChain.find(home).orElseThrow().pid();

    // When
    var again = LocalChain.start(home, ANVIL);

    // Then
    assertThat(again).isEqualTo(chain);
    assertThat(LocalChain.find(home)).map(process -> process.pid()).contains(before);
  }

  @Test
  void remembersEveryTransactionAfterAStop() {
    // Given
    var receiver = Address.parse("0x00000000000000000000000000000000000057a0");
    assertThat(send(receiver, BigInteger.valueOf(7))).isInstanceOf(SendOutcome.Mined.class);

    // When
    LocalChain.stop(home);
    chain = LocalChain.start(home, ANVIL);

    // Then
    try (var rpc = connect()) {
      assertThat(rpc.balance(receiver)).isEqualTo(BigInteger.valueOf(7));
    }
  }

  private static SendOutcome send(Address receiver, BigInteger wei) {
    var payment =
        new UnsignedTransaction(LocalChain.ID, receiver, Bytes.EMPTY, wei, OptionalLong.empty());
    try (var rpc = connect()) {
      var payer = DevelopmentWallet.find("buyer-1").orElseThrow().key();
      return new Wallet(rpc, payer, SendPolicy.standard()).send(payment, Duration.ofSeconds(30));
    }
  }

  private static Rpc connect() {
    return Rpc.connect(RpcSettings.of(chain.rpc()));
  }
}
