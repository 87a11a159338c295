package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbiTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)|e3ee160e",
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)|cf092995",
        "authorizationState(address,bytes32)|e94a0102",
        "channels(bytes32)|7a7ebd7b"
      })
  void aSelectorIsTheStartOfTheHashOfASignature(String signature, String selector) {
    assertThat(HexFormat.of().formatHex(Abi.selector(signature))).isEqualTo(selector);
  }

  @Test
  void anAddressSurvivesItsWord() {
    var address = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");

    assertThat(Abi.address(Abi.word(address))).isEqualTo(address);
  }

  @Test
  void aWordWithUpperBytesIsNoAddress() {
    var word = Bytes32.of(BigInteger.ONE.shiftLeft(160));

    assertThatIllegalArgumentException().isThrownBy(() -> Abi.address(word));
  }

  @Test
  void aWordBeyondTheEndIsRefused() {
    var encoded = Abi.encode(Abi.word(1));

    assertThatIllegalArgumentException().isThrownBy(() -> Abi.wordAt(encoded, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Abi.wordAt(encoded, -1));
  }

  @Test
  void aNegativeNumberHasNoWord() {
    assertThatIllegalArgumentException().isThrownBy(() -> Abi.word(-1));
  }
}
