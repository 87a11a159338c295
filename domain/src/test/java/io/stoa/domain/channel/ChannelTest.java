package io.stoa.domain.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelTest {
  private static final Asset DOLLAR =
      Asset.parse("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final Address KEY = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");

  @ParameterizedTest
  @ValueSource(ints = {899, 2_592_001, -1})
  void theDelayOfAWithdrawalIsBounded(int delay) {
    assertThatIllegalArgumentException().isThrownBy(() -> channel(KEY, KEY, delay));
  }

  @Test
  void itsReceiverAlwaysHasAnAuthorizer() {
    assertThatIllegalArgumentException().isThrownBy(() -> channel(KEY, Address.ZERO, 900));
  }

  @Test
  void withoutAKeyForVouchersThePayersContractSigns() {
    assertThat(channel(Address.ZERO, KEY, 900).isSignedByContract()).isTrue();
    assertThat(channel(KEY, KEY, 900).isSignedByContract()).isFalse();
  }

  @Test
  void aCeilingIsAUint128() {
    // Given
    var id = new ChannelId(Bytes32.ZERO);
    var tooMuch = BigInteger.ONE.shiftLeft(128);

    // When, Then
    assertThat(new Voucher(id, tooMuch.subtract(BigInteger.ONE), Bytes.EMPTY).ceiling())
        .isPositive();
    assertThatIllegalArgumentException().isThrownBy(() -> new Voucher(id, tooMuch, Bytes.EMPTY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Voucher(id, BigInteger.ONE.negate(), Bytes.EMPTY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fifteen-letters", "sixteen letters!", "sixteen_letters\n"})
  void aCallIsNamedByPlainLettersOnly(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new CallId(name));
  }

  @Test
  void theNameOfACallHas16To128Letters() {
    // Given
    var longest = "_-aZ".repeat(32);

    // When, Then
    assertThat(new CallId("sixteen_letters-")).hasToString("sixteen_letters-");
    assertThat(new CallId(longest)).hasToString(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> new CallId(longest + "a"));
  }

  private static ChannelConfig channel(Address authorizer, Address ofReceiver, int delay) {
    return new ChannelConfig(KEY, authorizer, KEY, ofReceiver, DOLLAR, delay, Bytes32.ZERO);
  }
}
