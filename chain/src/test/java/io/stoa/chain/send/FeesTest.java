package io.stoa.chain.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.rpc.GasPrice;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FeesTest {
  private static final SendPolicy POLICY =
      new SendPolicy(
          wei(1000), wei(2), wei(50), 20, Duration.ofSeconds(1), Duration.ofSeconds(15), 20);

  @Test
  void leavesRoomForTheBaseFeeToDouble() {
    assertThat(Fees.at(price(100, 10), POLICY)).contains(new Fees(wei(10), wei(210)));
  }

  @Test
  void keepsTheTipBetweenItsBounds() {
    assertThat(Fees.at(price(100, 0), POLICY)).contains(new Fees(wei(2), wei(202)));
    assertThat(Fees.at(price(100, 999), POLICY)).contains(new Fees(wei(50), wei(250)));
  }

  @Test
  void offersNoMoreThanTheCap() {
    assertThat(Fees.at(price(900, 50), POLICY)).contains(new Fees(wei(50), wei(1000)));
    assertThat(Fees.at(price(999, 2), POLICY)).isEmpty();
  }

  @Test
  void aReplacementRaisesBothPartsByThePercentageAtLeast() {
    // Given
    var first = new Fees(wei(10), wei(210));

    // When
    var next = first.bumped(price(1, 1), POLICY);

    // Then
    assertThat(next).contains(new Fees(wei(13), wei(253)));
  }

  @Test
  void aReplacementFollowsAHigherPrice() {
    assertThat(new Fees(wei(10), wei(210)).bumped(price(300, 20), POLICY))
        .contains(new Fees(wei(20), wei(620)));
  }

  @Test
  void thereIsNoReplacementAboveTheCap() {
    assertThat(new Fees(wei(10), wei(900)).bumped(price(1, 1), POLICY)).isEmpty();
    assertThat(new Fees(wei(10), wei(20)).bumped(price(1000, 1), POLICY)).isEmpty();
  }

  @Test
  void aTipDoesNotGrowForEver() {
    assertThat(new Fees(wei(160), wei(400)).bumped(price(100, 1), POLICY)).isPresent();
    assertThat(new Fees(wei(190), wei(400)).bumped(price(100, 1), POLICY)).isEmpty();
  }

  private static GasPrice price(long baseFee, long tip) {
    return new GasPrice(wei(baseFee), wei(tip));
  }

  private static BigInteger wei(long amount) {
    return BigInteger.valueOf(amount);
  }
}
