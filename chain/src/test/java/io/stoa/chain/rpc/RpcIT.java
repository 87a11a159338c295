package io.stoa.chain.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RpcIT {
  private static final Address PAYEE = Address.parse("0x" + "8".repeat(40));

  private static Anvil anvil;
  private static Rpc rpc;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    rpc = anvil.rpc();
  }

  @AfterAll
  static void stop() {
    rpc.close();
    anvil.close();
  }

  @Test
  void headsFormAChain() {
    // Given
    var parent = rpc.head();

    // When
    anvil.mine();
    var child = rpc.head();

    // Then
    assertThat(child.number()).isEqualTo(parent.number() + 1);
    assertThat(child.parent()).isEqualTo(parent.hash());
    assertThat(child.timestamp()).isGreaterThanOrEqualTo(parent.timestamp());
    assertThat(rpc.block(child.number())).contains(child);
    assertThat(rpc.block(parent.hash())).contains(parent);
    assertThat(rpc.block(child.number() + 100)).isEmpty();
  }

  @Test
  void theFinalHeadLagsBehind() {
    // Given
    anvil.ask("anvil_mine", "0x3");
    long head = rpc.head().number();

    // Then
    assertThat(rpc.finalHead(new Finality.Depth(0)).orElseThrow().number()).isEqualTo(head);
    assertThat(rpc.finalHead(new Finality.Depth(2)).orElseThrow().number()).isEqualTo(head - 2);
    assertThat(rpc.finalHead(new Finality.Depth(head + 1))).isEmpty();
    assertThat(rpc.finalHead(new Finality.Tagged())).isPresent();
  }

  @Test
  void aTransactionAndItsReceiptAreRead() {
    // Given
    var wallet = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
    var payment =
        new UnsignedTransaction(
            Anvil.CHAIN, PAYEE, Bytes.EMPTY, BigInteger.TEN, OptionalLong.empty());

    // When
    var receipt = ((SendOutcome.Mined) wallet.send(payment, Duration.ofSeconds(20))).receipt();

    // Then
    var transaction = rpc.transaction(receipt.transaction()).orElseThrow();
    assertThat(transaction.block()).contains(receipt.block());
    assertThat(transaction.from()).isEqualTo(Anvil.RICH.address());
    assertThat(transaction.value()).isEqualTo(BigInteger.TEN);
    assertThat(rpc.balance(PAYEE)).isEqualTo(BigInteger.TEN);
    assertThat(rpc.nonce(Anvil.RICH.address())).isEqualTo(transaction.nonce() + 1);
    assertThat(receipt.gasUsed()).isEqualTo(21_000);
  }

  @Test
  void whatIsNotThereIsAbsent() {
    // Given
    var nothing = new TxHash(Bytes32.ZERO);

    // Then
    assertThat(rpc.receipt(nothing)).isEmpty();
    assertThat(rpc.transaction(nothing)).isEmpty();
    assertThat(rpc.code(PAYEE)).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void logsOfABlockThatIsNotThereAreRefused() {
    assertThatThrownBy(() -> rpc.logs(LogFilter.of(PAYEE), Bytes32.ZERO))
        .isInstanceOf(RpcRefused.class);
  }

  @Test
  void aCallThatRevertsSaysWhy() {
    // Given
    var reverts = Address.parse("0x" + "5".repeat(40));
    anvil.ask("anvil_setCode", reverts.toString(), "0x63deadbeef5f5260045ffd");
    var call = Call.of(reverts, Bytes.EMPTY);

    // Then
    assertThat(rpc.call(call, BlockId.LATEST)).isInstanceOf(CallResult.Reverted.class);
    assertThat(rpc.estimateGas(call)).isInstanceOf(GasEstimate.Fails.class);
  }

  @Test
  void garbageIsRefusedAsATransaction() {
    assertThat(rpc.send(Bytes.parse("0x02"))).isInstanceOf(SendResult.Refused.class);
  }

  @Test
  void gasHasAPrice() {
    assertThat(rpc.gasPrice().baseFee()).isPositive();
    assertThat(rpc.pendingNonce(PAYEE)).isZero();
  }
}
