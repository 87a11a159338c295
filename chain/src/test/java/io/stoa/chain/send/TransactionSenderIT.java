package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.testing.Anvil;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.chain.testing.InMemorySendLog;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionSenderIT extends SenderOnAnvil {
  @Test
  void minesATransactionAndWritesItsEndDown() {
    // When
    var outcome = sender().send(pay(5), "payment-1", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    var receipt = ((SendOutcome.Mined) outcome).receipt();
    assertThat(receipt.to()).contains(PAYEE);
    assertThat(log.findByPurpose("payment-1").orElseThrow().outcome())
        .contains(new Outcome.Mined(receipt.transaction(), receipt.block(), true));
  }

  @Test
  void fiftySendsAtOnceFromOneKeyTakeFiftyNoncesAndAreAllMined() throws Exception {
    // Given
    var sender = sender();

    // When
    var outcomes = atOnce(50, i -> sender.send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(noncesOf(50)).containsExactlyInAnyOrderElementsOf(upTo(50));
    assertThat(rpc.nonce(key.address())).isEqualTo(50);
  }

  @Test
  void twoInstancesThatShareALogNeverCollide() throws Exception {
    // Given
    var senders = List.of(sender(), sender());

    // When
    var outcomes = atOnce(30, i -> senders.get(i % 2).send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(noncesOf(30)).containsExactlyInAnyOrderElementsOf(upTo(30));
  }

  @Test
  void aRevertedTransactionIsReverted() {
    // Given
    anvil.ask("anvil_setCode", PAYEE.toString(), ALWAYS_REVERTS.toString());

    // When
    var outcome = sender().send(pay(0).withGasLimit(60_000), "p", LONG);

    // Then
    anvil.ask("anvil_setCode", PAYEE.toString(), "0x");
    assertThat(outcome).isInstanceOf(SendOutcome.Reverted.class);
  }

  @Test
  void whatWouldFailIsNotSentAndTakesNoNonce() {
    // Given
    anvil.ask("anvil_setCode", PAYEE.toString(), ALWAYS_REVERTS.toString());

    // When
    var outcome = sender().send(pay(0), "p", LONG);

    // Then
    anvil.ask("anvil_setCode", PAYEE.toString(), "0x");
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.findByPurpose("p")).isEmpty();
  }

  @Test
  void nothingIsSentAboveTheFeeCapOrWithoutGasMoney() {
    // Given
    var poor = anvil.account(SEEDS.incrementAndGet(), BigInteger.TWO);

    // When
    var dear =
        new TransactionSender(
                rpc, Anvil.CHAIN, key, log, policy.withMaxFeePerGas(BigInteger.ONE), watch)
            .send(pay(0), "dear", LONG);
    var unpaid =
        new TransactionSender(rpc, Anvil.CHAIN, poor, log, policy, watch)
            .send(pay(0).withGasLimit(21_000), "unpaid", LONG);

    // Then
    assertThat(dear).isEqualTo(new SendOutcome.NotSent("gas costs more than the node may pay"));
    assertThat(unpaid)
        .isEqualTo(new SendOutcome.NotSent("the account cannot pay for gas and value"));
    assertThat(log.findByPurpose("dear").or(() -> log.findByPurpose("unpaid"))).isEmpty();
  }

  @Test
  void anUnreachableNodeMeansThatNothingWasSent() {
    // Given
    proxy.spoil("eth_chainId", 100, Fault.STATUS_500);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.open(key.address())).isEmpty();
  }

  @Test
  void aLostAnswerToTheBroadcastIsNoLostTransaction() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REPLY);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(proxy.requests("eth_sendRawTransaction")).isEqualTo(1);
  }

  @Test
  void aLostBroadcastIsRepeatedWithTheSameBytes() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 1, Fault.LOSE_THE_REQUEST);

    // When
    var outcome = sender().send(pay(1), "p", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(log.findByPurpose("p").orElseThrow().variants()).hasSize(1);
  }

  @Test
  void aStuckTransactionIsReplacedByOneThatPaysMore() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sending = sendInBackground(pay(1), "p");

    // When
    await().until(() -> variantsOf("p") >= 2);

    // Then
    anvil.mine();
    var receipt = ((SendOutcome.Mined) sending.join()).receipt();
    var variants = log.findByPurpose("p").orElseThrow().variants();
    var first = FeeMarketTransaction.read(variants.getFirst());
    var second = FeeMarketTransaction.read(variants.get(1));
    assertThat(receipt.transaction()).isNotEqualTo(variants.getFirst().hash());
    assertThat(percent(second.fees().tip(), first.fees().tip())).isGreaterThanOrEqualTo(112);
    assertThat(percent(second.fees().maxFeePerGas(), first.fees().maxFeePerGas()))
        .isGreaterThanOrEqualTo(112);
    assertThat(second.nonce()).isEqualTo(first.nonce());
  }

  @Test
  void noReplacementPaysMoreThanTheCap() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var price = rpc.gasPrice();
    var cap = price.baseFee().shiftLeft(1).add(price.tip());
    var capped =
        new TransactionSender(rpc, Anvil.CHAIN, key, log, policy.withMaxFeePerGas(cap), watch);

    // When
    var outcome = capped.send(pay(1), "p", Duration.ofSeconds(2));

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.OutcomeUnknown.class);
    assertThat(log.findByPurpose("p").orElseThrow().variants())
        .allMatch(
            variant ->
                FeeMarketTransaction.read(variant).fees().maxFeePerGas().compareTo(cap) <= 0);
  }

  @Test
  void aRefusedTransactionGivesItsNonceBackByAnEmptyTransfer() {
    // Given
    var moreThanABlockHolds = pay(1).withGasLimit(1_000_000_000L);
    anvil.fund(key.address(), ETHER.multiply(BigInteger.TEN.pow(6)));

    // When
    var outcome = sender().send(moreThanABlockHolds, "refused", LONG);
    var next = sender().send(pay(1), "next", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.NotSent.class);
    assertThat(log.findByPurpose("refused").orElseThrow().outcome().orElseThrow())
        .isInstanceOf(Outcome.Cancelled.class);
    assertThat(next).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aKeyThatIsUsedElsewhereTooOnlyCostsAnotherNonce() {
    // Given
    var sender = sender();
    sender.send(pay(1), "first", LONG);
    var elsewhere =
        new TransactionSender(rpc, Anvil.CHAIN, key, new InMemorySendLog(), policy, watch);
    elsewhere.send(pay(1), "elsewhere", LONG);

    // When
    var outcome = sender.send(pay(1), "second", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(log.find(key.address(), 1).orElseThrow().outcome())
        .contains(new Outcome.Displaced());
    assertThat(log.findByPurpose("second").orElseThrow().nonce()).isEqualTo(2);
  }

  @Test
  void aNodeThatFailsNowAndThenOnlyDelaysTheAnswer() throws Exception {
    // Given
    var sender = sender();
    sender.send(pay(1), "warm", LONG);
    proxy.spoil("eth_getTransactionReceipt", 3, Fault.GARBAGE);
    proxy.spoil("eth_sendRawTransaction", 5, Fault.STATUS_500);
    proxy.spoil("eth_getTransactionReceipt", 3, Fault.LOSE_THE_REPLY);

    // When
    var outcomes = atOnce(10, i -> sender.send(pay(1), "p" + i, LONG));

    // Then
    assertThat(outcomes).allMatch(SendOutcome.Mined.class::isInstance);
    assertThat(rpc.nonce(key.address())).isEqualTo(11);
  }
}
