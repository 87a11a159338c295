package io.stoa.x402.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Erc1271Test {

  @Test
  void theQuestionIsTheCallOfTheStandard() {
    assertThat(Erc1271.callData(Bytes32.parse("0x" + "42".repeat(32)), Bytes.parse("0xabcd")))
        .hasToString(
            "0x1626ba7e"
                + "4242424242424242424242424242424242424242424242424242424242424242"
                + "0000000000000000000000000000000000000000000000000000000000000040"
                + "0000000000000000000000000000000000000000000000000000000000000002"
                + "abcd000000000000000000000000000000000000000000000000000000000000");
  }

  @Test
  void onlyTheMagicValueMeansYes() {
    assertThat(Erc1271.isYes(Bytes.parse("0x1626ba7e" + "00".repeat(28)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x",
        "0x1626ba7e",
        "0xffffffff00000000000000000000000000000000000000000000000000000000",
        "0x0000000000000000000000000000000000000000000000000000000000000001",
        "0x000000000000000000000000000000000000000000000000000000001626ba7e",
        "0x1626ba7e00000000000000000000000000000000000000000000000000000001"
      })
  void everythingElseMeansNo(String answer) {
    assertThat(Erc1271.isYes(Bytes.parse(answer))).isFalse();
  }
}
