package io.stoa.domain.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class ChannelCallTest {
  private static final ChannelId CHANNEL = new ChannelId(Bytes32.of(BigInteger.valueOf(9)));

  @Test
  void isNamedByTheDigestOfChannelAndNumber() {
    assertThat(new ChannelCall(CHANNEL, 7).payment())
        .hasToString("0x546ebf3a7476d836e37f3d9d70f330a686c86b663354f188f0acfe07bd10389b");
  }

  @Test
  void callsAreCountedFromOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ChannelCall(CHANNEL, 0));
  }
}
