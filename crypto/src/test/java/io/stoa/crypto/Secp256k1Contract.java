package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every implementation of the curve must do. */
abstract class Secp256k1Contract {
  private static final Bytes32 SECRET =
      Bytes32.parse("0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6");
  private static final Address SIGNER = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");

  abstract Secp256k1 curve();

  @ParameterizedTest
  @CsvSource({
    "0x63be6ccc843c7b73fc01ed8a5221353373b00f3ee6811b0b5fd8e6e4d06afa45,2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a1c",
    "0x621dc21fbec6210a436e83034dfed633b6f23038a9f15dd378c0965dd2547ec1,703abde9027fc83f923e06d6b6093f5a2d7e4ea0bb9194b4c62bbecf9c0e477d116f57c17100fb7eefb60ea2292a3df8b503d4a5b1aa8ef5c7b29aa41aad24871b",
    "0x362eb0af88063438c5e7e341ca95935d877df8931df09a8586927fff54a5d497,2eb71bc2b22feed745a897b76a7c68ebba70818e653a3f027e7bfff9bc6d4b771671001c3b148b06d2384b0ee24d576aa47408f3def732b92c4a9474d1912c151c"
  })
  void signsAndRecoversTheVectorsOfTheProtocol(String digest, String signature) {
    // Given
    var expected = Signature.strict(HexFormat.of().parseHex(signature));

    // When
    var signed = curve().sign(Bytes32.parse(digest), SECRET);

    // Then
    assertThat(signed).isEqualTo(expected);
    assertThat(curve().recover(Bytes32.parse(digest), expected)).contains(SIGNER);
  }

  @Test
  void knowsTheAccountOfAKey() {
    assertThat(curve().address(SECRET)).isEqualTo(SIGNER);
  }

  @Test
  void refusesSecretsOutsideTheCurve() {
    var order = Bytes32.parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    assertThatIllegalArgumentException().isThrownBy(() -> curve().address(Bytes32.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> curve().address(order));
    assertThatIllegalArgumentException().isThrownBy(() -> curve().sign(order, Bytes32.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> curve().sign(order, order));
  }

  @RepeatedTest(value = 50, name = "seed {currentRepetition}")
  void recoversWhatItSignsAndAgreesWithTheOtherImplementation(RepetitionInfo run) {
    // Given
    var random = new Random(run.getCurrentRepetition());
    var secret = random(random);
    var digest = random(random);
    var other = new JavaSecp256k1();

    // When
    var signer = curve().address(secret);
    var signature = curve().sign(digest, secret);

    // Then
    assertThat(curve().recover(digest, signature)).contains(signer);
    assertThat(other.sign(digest, secret)).isEqualTo(signature);
    assertThat(other.recover(digest, signature)).contains(curve().address(secret));
  }

  @RepeatedTest(value = 50, name = "seed {currentRepetition}")
  void anythingOfTheRightFormRecoversTheSameOrNobody(RepetitionInfo run) {
    // Given
    var random = new Random(run.getCurrentRepetition());
    var bytes = new byte[65];
    random.nextBytes(bytes);
    bytes[32] &= 0x3f;
    bytes[64] = (byte) (27 + random.nextInt(2));
    var signature = Signature.strict(bytes);
    var digest = random(random);

    // When
    var recovered = curve().recover(digest, signature);

    // Then
    assertThat(recovered).isEqualTo(new JavaSecp256k1().recover(digest, signature));
  }

  private static Bytes32 random(Random random) {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    bytes[0] &= 0x7f;
    return Bytes32.of(bytes);
  }
}
