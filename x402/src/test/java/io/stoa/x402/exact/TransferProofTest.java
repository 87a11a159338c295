package io.stoa.x402.exact;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.x402.Example;
import io.stoa.x402.exact.TransferProof.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferProofTest {
  private static final Address TOKEN = Example.ASSET.token();
  private static final Address PAYER = Example.PAYER.address();
  private static final Address STRANGER =
      Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
  private static final Bytes32 OTHER_NONCE = Bytes32.parse("0x" + "22".repeat(32));

  private static final Event USED = used(TOKEN, PAYER, Example.NONCE);
  private static final Event MOVED = moved(TOKEN, PAYER, Example.PAY_TO, 1000);

  @Test
  void rule33TheUsedNonceFollowedByTheExactTransferIsProof() {
    assertThat(proves(USED, MOVED)).isTrue();
  }

  @Test
  void rule33LogsOfOthersBeforeBetweenAndAfterDoNotMatter() {
    var noise = new Event(STRANGER, List.of(OTHER_NONCE), Bytes.EMPTY);

    assertThat(proves(noise, USED, noise, MOVED, noise)).isTrue();
  }

  @Test
  void rule33AUsedNonceAloneIsNoProof() {
    assertThat(proves(USED)).isFalse();
    assertThat(proves()).isFalse();
  }

  @Test
  void rule33ATransferAloneIsNoProof() {
    assertThat(proves(MOVED)).isFalse();
    assertThat(proves(MOVED, USED)).isFalse();
  }

  @Test
  void rule33EveryPartMustBeThatOfThePayment() {
    assertThat(proves(used(TOKEN, PAYER, OTHER_NONCE), MOVED)).isFalse();
    assertThat(proves(used(TOKEN, STRANGER, Example.NONCE), MOVED)).isFalse();
    assertThat(proves(used(STRANGER, PAYER, Example.NONCE), MOVED)).isFalse();
    assertThat(proves(USED, moved(TOKEN, PAYER, Example.PAY_TO, 999))).isFalse();
    assertThat(proves(USED, moved(TOKEN, PAYER, Example.PAY_TO, 1001))).isFalse();
    assertThat(proves(USED, moved(TOKEN, PAYER, STRANGER, 1000))).isFalse();
    assertThat(proves(USED, moved(TOKEN, STRANGER, Example.PAY_TO, 1000))).isFalse();
    assertThat(proves(USED, moved(STRANGER, PAYER, Example.PAY_TO, 1000))).isFalse();
  }

  @Test
  void rule33ACancelledNonceIsNoProof() {
    var cancelled =
        new Event(
            TOKEN,
            List.of(TransferProof.AUTHORIZATION_CANCELED, Abi.word(PAYER), Example.NONCE),
            Bytes.EMPTY);

    assertThat(proves(cancelled, MOVED)).isFalse();
  }

  /** A payer can sign the same nonce twice: to itself, and to us. */
  @Test
  void rule33TheTransferOfAnotherPaymentInTheSameTransactionIsNoProof() {
    // Given
    var toItself = moved(TOKEN, PAYER, PAYER, 1000);
    var otherPayment = used(TOKEN, PAYER, OTHER_NONCE);

    // When, Then
    assertThat(proves(USED, toItself, otherPayment, MOVED)).isFalse();
    assertThat(proves(otherPayment, MOVED, USED, toItself)).isFalse();
  }

  @Test
  void theTopicsAreThoseOfTheStandards() {
    assertThat(TransferProof.TRANSFER)
        .hasToString("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    assertThat(TransferProof.AUTHORIZATION_USED)
        .hasToString("0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5");
    assertThat(TransferProof.AUTHORIZATION_CANCELED)
        .hasToString("0x1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81");
  }

  private static boolean proves(Event... events) {
    return TransferProof.holds(Example.transfer(), List.of(events));
  }

  private static Event used(Address emitter, Address authorizer, Bytes32 nonce) {
    return new Event(
        emitter,
        List.of(TransferProof.AUTHORIZATION_USED, Abi.word(authorizer), nonce),
        Bytes.EMPTY);
  }

  private static Event moved(Address emitter, Address from, Address to, long value) {
    return new Event(
        emitter,
        List.of(TransferProof.TRANSFER, Abi.word(from), Abi.word(to)),
        Bytes.wrap(Abi.encode(Abi.word(value))));
  }
}
