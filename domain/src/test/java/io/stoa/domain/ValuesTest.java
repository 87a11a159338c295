package io.stoa.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  private static final Asset DOLLAR =
      new Asset(new ChainId(31337), Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));

  @RepeatedTest(value = 20, name = "seed {currentRepetition}")
  void everyValueIsWhatItsTextSays(RepetitionInfo run) {
    // Given
    var random = new Random(run.getCurrentRepetition());
    var word = new byte[32];
    random.nextBytes(word);
    var account = new byte[20];
    random.nextBytes(account);
    var bytes32 = Bytes32.of(word);
    var address = Address.of(account);
    var asset = new Asset(new ChainId(1 + random.nextInt(1_000_000)), address);

    // When, Then
    assertThat(Bytes32.parse(bytes32.toString())).isEqualTo(bytes32);
    assertThat(Bytes32.of(bytes32.toUnsigned())).isEqualTo(bytes32);
    assertThat(Address.parse(address.toString())).isEqualTo(address);
    assertThat(Asset.parse(asset.toString())).isEqualTo(asset);
    assertThat(ChainId.parse(asset.chain().toString())).isEqualTo(asset.chain());
  }

  @Test
  void twoSpellingsOfOneAddressAreOneAddress() {
    assertThat(Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"))
        .isEqualTo(Address.parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "0x12", "5FbDB2315678afecb367f032d93F642f64180aa3", "0xg"})
  void anAddressOfAnotherFormIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eip155:0", "eip155:01", "eip155:", "eip155:-1", "base", "solana:5"})
  void aNetworkThatIsNoEvmChainIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ChainId.parse(text));
  }

  @Test
  void anAmountIsAUint256() {
    var most = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

    assertThat(new TokenAmount(DOLLAR, most).units()).isEqualTo(most);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenAmount(DOLLAR, most.add(BigInteger.ONE)));
    assertThatIllegalArgumentException().isThrownBy(() -> TokenAmount.of(DOLLAR, -1));
  }

  @Test
  void aShareIsRoundedDown() {
    assertThat(new BasisPoints(3_333).of(BigInteger.valueOf(10))).isEqualTo(BigInteger.valueOf(3));
    assertThatIllegalArgumentException().isThrownBy(() -> new BasisPoints(10_001));
  }
}
