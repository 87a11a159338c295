package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoa.chain.testing.FaultyRpc.Fault;
import org.junit.jupiter.api.Test;

class RecoveryIT extends SenderOnAnvil {
  @Test
  void withoutAReceiptByTheDeadlineTheOutcomeIsUnknownAndLaterFound() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sender = sender();
    var unknown = sender.send(pay(1), "p", SHORT);
    var sent = log.findByPurpose("p").orElseThrow();
    anvil.mine();

    // When
    var later = sender().await(sent, LONG);

    // Then
    assertThat(unknown).isEqualTo(new SendOutcome.OutcomeUnknown(sent.latest().hash()));
    assertThat(later).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void recoveryConcludesWhatWasMinedMeanwhile() {
    // Given
    proxy.spoil("eth_sendRawTransaction", 100, Fault.LOSE_THE_REPLY);
    proxy.spoil("eth_getTransactionReceipt", 1000, Fault.STATUS_500);
    var unknown = sender().send(pay(1), "p", SHORT);
    proxy.heal();

    // When
    var recovery = sender().recover();

    // Then
    assertThat(unknown).isInstanceOf(SendOutcome.OutcomeUnknown.class);
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(1, 0, 0));
    assertThat(log.findByPurpose("p").orElseThrow().outcome().orElseThrow())
        .isInstanceOf(Outcome.Mined.class);
  }

  @Test
  void aTransactionThatTheNodeDroppedIsBroadcastAgain() {
    // Given
    anvil.ask("evm_setAutomine", false);
    var sending = sendInBackground(pay(1), "p");
    var hash = waitForBroadcast("p");

    // When
    anvil.ask("anvil_dropTransaction", hash.toString());

    // Then
    await().until(() -> rpc.transaction(hash).isPresent());
    anvil.mine();
    assertThat(sending.join()).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void recoveryBroadcastsWhatWasCommittedButNeverSent() {
    // Given
    var crashed = signedOnly("before-the-crash", 0);

    // When
    var recovery = sender().recover();

    // Then
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(0, 1, 0));
    assertThat(sender().await(crashed, LONG)).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aSendBehindAnUnsentNonceBringsThatOneAlong() {
    // Given
    var crashed = signedOnly("before-the-crash", 0);

    // When
    var outcome = sender().send(pay(2), "after-the-crash", LONG);

    // Then
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
    assertThat(sender().await(crashed, LONG)).isInstanceOf(SendOutcome.Mined.class);
  }

  @Test
  void aNonceThatNothingIsKnownOfIsFilledWithAnEmptyTransfer() {
    // Given
    signedOnly("p", 2);

    // When
    var recovery = sender().recover();

    // Then
    assertThat(recovery).isEqualTo(new TransactionSender.Recovery(0, 1, 2));
    await().until(() -> rpc.nonce(key.address()) == 3);
  }

  @Test
  void whatTheChainLostAfterMiningItIsBroadcastAgainInOrder() {
    // Given
    var snapshot = anvil.ask("evm_snapshot").asText();
    var sender = sender();
    for (int i = 0; i < 3; i++) {
      sender.send(pay(1), "p" + i, LONG);
    }
    anvil.ask("evm_revert", snapshot);
    assertThat(rpc.nonce(key.address())).isZero();

    // When
    var recovery = sender.recover();

    // Then
    assertThat(recovery.broadcast()).isEqualTo(3);
    await().until(() -> rpc.nonce(key.address()) == 3);
  }

  @Test
  void aVariantThatAnotherInstanceAddedAndMinedIsFound() {
    // Given
    var asReadBefore = signedOnly("p", 0);
    var dearer = FeeMarketTransaction.read(asReadBefore.latest());
    var variant =
        dearer.paying(dearer.fees().bumped(rpc.gasPrice(), policy).orElseThrow()).sign(key);
    log.replace(key.address(), 0, variant);
    rpc.send(variant.raw());
    await().until(() -> rpc.receipt(variant.hash()).isPresent());

    // When
    var outcome = sender().await(asReadBefore, LONG);

    // Then
    assertThat(((SendOutcome.Mined) outcome).receipt().transaction()).isEqualTo(variant.hash());
  }
}
