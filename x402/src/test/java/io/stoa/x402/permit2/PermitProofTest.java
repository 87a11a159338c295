package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.Approval;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.x402.Example;
import io.stoa.x402.exact.TransferProof;
import io.stoa.x402.exact.TransferProof.Event;
import io.stoa.x402.permit2.PermitProof.Transaction;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class PermitProofTest {
  private static final Address TOKEN = Example.ASSET.token();
  private static final Address PAYER = Example.PAYER.address();
  private static final Address STRANGER =
      Address.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");

  private static final SignedPermit EXACT = PermitExample.exact();
  private static final SignedPermit UPTO = PermitExample.upto();
  private static final BigInteger PRICE = BigInteger.valueOf(PermitExample.PRICE);
  private static final BigInteger USED = BigInteger.valueOf(700);
  private static final Bytes CALL = ProxyCalls.settle(EXACT, PRICE);
  private static final Event MOVED = moved(TOKEN, PAYER, Example.PAY_TO, PermitExample.PRICE);
  private static final Event SETTLED = settled(Permit2.EXACT_PROXY, PermitProof.SETTLED);

  @Test
  void rule33TheProxysCallAndTheExactTransferAreProof() {
    assertThat(proves(CALL, MOVED, SETTLED)).isTrue();
  }

  @Test
  void rule33AfterAnApprovalTheyAreProofToo() {
    // Given
    var call = ProxyCalls.settleWithPermit(EXACT, PRICE, approval());
    var settled = settled(Permit2.EXACT_PROXY, PermitProof.SETTLED_WITH_PERMIT);

    // When, Then
    assertThat(proves(call, MOVED, settled)).isTrue();
  }

  @Test
  void rule33WhatWasChargedUnderACeilingIsProvedAsItWasCharged() {
    // Given
    var transaction =
        new Transaction(
            Permit2.UPTO_PROXY,
            ProxyCalls.settle(UPTO, USED),
            List.of(
                moved(TOKEN, PAYER, Example.PAY_TO, 700),
                settled(Permit2.UPTO_PROXY, PermitProof.SETTLED)));

    // When, Then
    assertThat(PermitProof.holds(UPTO, USED, transaction)).isTrue();
    assertThat(PermitProof.holds(UPTO, BigInteger.valueOf(701), transaction)).isFalse();
    assertThat(PermitProof.holds(UPTO, UPTO.amount().units(), transaction)).isFalse();
  }

  @Test
  void rule33AnotherSpellingOfTheSignatureAndBytesAfterItDoNotMatter() {
    // Given
    var respelled =
        new SignedPermit(
            EXACT.amount(),
            PAYER,
            EXACT.spender(),
            EXACT.nonce(),
            EXACT.deadline(),
            EXACT.witness(),
            Bytes.wrap(new byte[64]));
    var suffixed = Bytes.parse(ProxyCalls.settle(respelled, PRICE) + "c0de");

    // When, Then
    assertThat(proves(suffixed, MOVED, SETTLED)).isTrue();
  }

  @Test
  void rule33LogsOfOthersBeforeBetweenAndAfterDoNotMatter() {
    var noise = new Event(STRANGER, List.of(PermitProof.SETTLED), Bytes.EMPTY);

    assertThat(proves(CALL, noise, MOVED, noise, SETTLED, noise)).isTrue();
  }

  @Test
  void rule33TheLogsAloneAreNoProof() {
    assertThat(proves(Bytes.EMPTY, MOVED, SETTLED)).isFalse();
    assertThat(proves(Bytes.wrap(new byte[4]), MOVED, SETTLED)).isFalse();
  }

  /** The payer may have signed the same price to the same payee many times. */
  @Test
  void rule33TheCallOfAnotherPermitIsNoProof() {
    // Given
    var otherNonce =
        new PermitAuthorization(
                EXACT.amount(), BigInteger.TWO, PermitExample.DEADLINE, PermitExample.EXACT)
            .signedBy(Example.PAYER, PermitExample.DOMAIN);
    var otherWitness =
        PermitExample.signed(1000, new Witness.Exact(Example.PAY_TO, BigInteger.ONE));

    // When, Then
    assertThat(proves(ProxyCalls.settle(otherNonce, PRICE), MOVED, SETTLED)).isFalse();
    assertThat(proves(ProxyCalls.settle(otherWitness, PRICE), MOVED, SETTLED)).isFalse();
  }

  @Test
  void rule33TheSameCallToAnotherContractIsNoProof() {
    for (var to : new Address[] {STRANGER, Permit2.CONTRACT, Permit2.UPTO_PROXY}) {
      assertThat(
              PermitProof.holds(EXACT, PRICE, new Transaction(to, CALL, List.of(MOVED, SETTLED))))
          .isFalse();
    }
  }

  @Test
  void rule33TheCallAloneIsNoProof() {
    assertThat(proves(CALL)).isFalse();
    assertThat(proves(CALL, SETTLED)).isFalse();
    assertThat(proves(CALL, MOVED)).isFalse();
    assertThat(proves(CALL, SETTLED, MOVED)).isFalse();
    assertThat(proves(CALL, MOVED, settled(STRANGER, PermitProof.SETTLED))).isFalse();
  }

  @Test
  void rule33EveryPartOfTheTransferMustBeThatOfThePermit() {
    assertThat(proves(CALL, moved(TOKEN, PAYER, Example.PAY_TO, 999), SETTLED)).isFalse();
    assertThat(proves(CALL, moved(TOKEN, PAYER, Example.PAY_TO, 1001), SETTLED)).isFalse();
    assertThat(proves(CALL, moved(TOKEN, PAYER, STRANGER, 1000), SETTLED)).isFalse();
    assertThat(proves(CALL, moved(TOKEN, STRANGER, Example.PAY_TO, 1000), SETTLED)).isFalse();
    assertThat(proves(CALL, moved(STRANGER, PAYER, Example.PAY_TO, 1000), SETTLED)).isFalse();
  }

  @Test
  void aSettlementThroughAContractInBetweenIsPossibleAndNotProved() {
    var between = new Transaction(STRANGER, CALL, List.of(MOVED, SETTLED));

    assertThat(PermitProof.holds(EXACT, PRICE, between)).isFalse();
    assertThat(PermitProof.isPossible(EXACT, PRICE, between)).isTrue();
  }

  @Test
  void whereTheProxyDidNotMoveTheAmountNoSettlementIsPossible() {
    assertThat(isPossible(STRANGER, MOVED)).isFalse();
    assertThat(isPossible(STRANGER, SETTLED)).isFalse();
    assertThat(isPossible(STRANGER, moved(TOKEN, PAYER, Example.PAY_TO, 999), SETTLED)).isFalse();
  }

  /** Its call names the permit that it settled. */
  @Test
  void aCallOfTheProxyItselfIsProofOrImpossible() {
    assertThat(isPossible(Permit2.EXACT_PROXY, MOVED, SETTLED)).isFalse();
  }

  private static boolean isPossible(Address to, Event... events) {
    return PermitProof.isPossible(EXACT, PRICE, new Transaction(to, CALL, List.of(events)));
  }

  @Test
  void theTopicsAreThoseOfTheDeployedProxies() {
    assertThat(PermitProof.SETTLED)
        .hasToString("0x97088ec3606cfe8cc112180570d03fcde05f9b8e1bfef8e27784eaf5dd5691b6");
    assertThat(PermitProof.SETTLED_WITH_PERMIT)
        .hasToString("0xde5b89d10fc800c459329c382fabfcad0be0ed7e5328e01fae04e507b09ef5d8");
  }

  private static boolean proves(Bytes input, Event... events) {
    return PermitProof.holds(
        EXACT, PRICE, new Transaction(Permit2.EXACT_PROXY, input, List.of(events)));
  }

  private static Event moved(Address emitter, Address from, Address to, long value) {
    return new Event(
        emitter,
        List.of(TransferProof.TRANSFER, Abi.word(from), Abi.word(to)),
        Bytes.wrap(Abi.encode(Abi.word(value))));
  }

  private static Event settled(Address emitter, Bytes32 topic) {
    return new Event(emitter, List.of(topic), Bytes.EMPTY);
  }

  private static Approval approval() {
    return new Approval(PermitExample.DEADLINE, Bytes.parse(Example.SIGNATURE));
  }
}
