package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CeilingRuleTest {
  private static final String PREFIX = "invalid_batch_settlement_evm_";
  private static final BigInteger AMOUNT = BigInteger.valueOf(100);

  @Test
  void rule49LiterallyTheCeilingIsWhatWasChargedAndThisCall() {
    // Given
    var numbers = numbers(700, 0, 700, 5000, 300);

    // When, Then
    assertThat(literal(800, numbers)).isEmpty();
    assertThat(literal(799, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
    assertThat(literal(801, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
  }

  @Test
  void rule49WithHeadroomTheCeilingCoversEveryCallInProgress() {
    // Given
    var numbers = numbers(700, 250, 700, 5000, 300);

    // When, Then
    assertThat(headroom(1050, numbers)).isEmpty();
    assertThat(headroom(5000, numbers)).isEmpty();
    assertThat(headroom(1049, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
  }

  @Test
  void rule49WithHeadroomTheCeilingNeverGoesDown() {
    // Given
    var numbers = numbers(700, 0, 2000, 5000, 300);

    // When, Then
    assertThat(headroom(2000, numbers)).isEmpty();
    assertThat(headroom(1999, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
  }

  @Test
  void rule52AChargedVoucherIsOfNoUseAgain() {
    // Given
    var numbers = numbers(800, 0, 800, 5000, 0);

    // When, Then
    assertThat(literal(800, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
    assertThat(headroom(800, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
  }

  @Test
  void rule53ACeilingIsCoveredByTheBalance() {
    // Given
    var numbers = numbers(700, 0, 700, 799, 300);

    // When, Then
    assertThat(literal(800, numbers)).contains(PREFIX + "cumulative_exceeds_balance");
    assertThat(headroom(800, numbers)).contains(PREFIX + "cumulative_exceeds_balance");
    assertThat(literal(800, numbers.withDeposit(BigInteger.ONE))).isEmpty();
    assertThat(headroom(800, numbers.withDeposit(BigInteger.ONE))).isEmpty();
  }

  @Test
  void aCeilingThatBringsNoMoreThanWasClaimedIsRefused() {
    assertThat(literal(800, numbers(700, 0, 700, 5000, 800)))
        .contains(PREFIX + "cumulative_below_claimed");
    assertThat(literal(800, numbers(700, 0, 700, 5000, 799))).isEmpty();
  }

  @Test
  void aRefundPaysForNothing() {
    // Given
    var numbers = numbers(700, 0, 2000, 5000, 700);

    // When, Then
    assertThat(refund(700, numbers)).isEmpty();
    assertThat(refund(701, numbers)).contains(PREFIX + "cumulative_amount_mismatch");
    assertThat(refund(700, numbers(700, 0, 700, 700, 300))).contains(PREFIX + "refund_no_balance");
    assertThat(refund(700, numbers(700, 0, 700, 699, 300)))
        .contains(PREFIX + "cumulative_exceeds_balance");
    assertThat(refund(700, numbers(700, 0, 700, 5000, 701)))
        .contains(PREFIX + "cumulative_below_claimed");
  }

  private static Optional<String> literal(long ceiling, ChannelNumbers numbers) {
    return CeilingRule.LITERAL.objection(BigInteger.valueOf(ceiling), AMOUNT, numbers);
  }

  private static Optional<String> headroom(long ceiling, ChannelNumbers numbers) {
    return CeilingRule.HEADROOM.objection(BigInteger.valueOf(ceiling), AMOUNT, numbers);
  }

  private static Optional<String> refund(long ceiling, ChannelNumbers numbers) {
    return CeilingRule.refundObjection(BigInteger.valueOf(ceiling), numbers);
  }

  private static ChannelNumbers numbers(
      long charged, long reserved, long storedCeiling, long balance, long claimed) {
    return new ChannelNumbers(
        BigInteger.valueOf(charged),
        BigInteger.valueOf(reserved),
        BigInteger.valueOf(storedCeiling),
        BigInteger.valueOf(balance),
        BigInteger.valueOf(claimed));
  }
}
