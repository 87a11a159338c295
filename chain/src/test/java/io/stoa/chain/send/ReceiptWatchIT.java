package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.rpc.Receipt;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReceiptWatchIT extends SenderOnAnvil {
  private static final String RECEIPT = "eth_getTransactionReceipt";

  @Test
  void anyNumberOfWaitersCostOneRequestABlock() throws Exception {
    // Given
    anvil.ask("evm_setAutomine", false);
    var hashes = IntStream.range(0, 40).mapToObj(this::broadcast).toList();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = hashes.stream().map(hash -> threads.submit(waitingFor(hash))).toList();
      await().until(() -> hashes.stream().allMatch(hash -> proxy.requests(hash.toString()) > 0));
      long before = proxy.requests(RECEIPT);

      // When
      anvil.mine();

      // Then
      for (var each : waiting) {
        assertThat(each.get()).isPresent();
      }
      assertThat(proxy.requests(RECEIPT) - before).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void goesOnAfterTheNodeFailed() {
    // Given
    var hash = broadcast(0);
    proxy.spoil(RECEIPT, 4, Fault.GARBAGE);

    // Then
    assertThat(watch.await(List.of(hash), LONG)).isPresent();
  }

  @Test
  void answersEmptyWhenTheTimeIsUp() {
    // Given
    var nothing = new TxHash(Bytes32.ZERO);

    // Then
    assertThat(watch.await(List.of(nothing), Duration.ofMillis(50))).isEmpty();
  }

  private Callable<Optional<Receipt>> waitingFor(TxHash hash) {
    return () -> watch.await(List.of(hash), LONG);
  }

  private TxHash broadcast(int nonce) {
    var transaction = signedOnly("p" + nonce, nonce).latest();
    rpc.send(transaction.raw());
    return transaction.hash();
  }
}
