package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashingTest {

  @Test
  void keccakIsTheOneOfEthereum() {
    assertThat(Keccak.hash(new byte[0]))
        .hasToString("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assertThat(HexFormat.of().formatHex(Abi.selector("transfer(address,uint256)")))
        .isEqualTo("a9059cbb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
      })
  void checksumsAreThoseOfEip55(String address) {
    assertThat(Eip55.checksum(Address.parse(address))).isEqualTo(address);
  }

  @Test
  void aTypedMessageHasTheDigestThatTheProtocolGives() {
    // Given
    var domain =
        new Eip712.Domain(
            "USD Coin",
            "2",
            new ChainId(31337),
            Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
    var type =
        Keccak.hash(
            "TransferWithAuthorization(address from,address to,uint256 value,"
                + "uint256 validAfter,uint256 validBefore,bytes32 nonce)");

    // When
    var digest =
        Eip712.digest(
            domain.separator(),
            Eip712.hashStruct(
                type,
                Abi.word(Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906")),
                Abi.word(Address.parse("0x2000000000000000000000000000000000004020")),
                Abi.word(BigInteger.valueOf(1000)),
                Abi.word(0),
                Abi.word(2_000_000_000),
                Bytes32.parse("0x" + "11".repeat(32))));

    // Then
    assertThat(type)
        .hasToString("0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267");
    assertThat(digest)
        .hasToString("0x63be6ccc843c7b73fc01ed8a5221353373b00f3ee6811b0b5fd8e6e4d06afa45");
  }

  @Test
  void aDomainMayLeavePartsOut() {
    // Given
    var domain = new Eip712.Domain("x402 receipt", "1", new ChainId(1), null);
    var type =
        Keccak.hash(
            "Receipt(uint256 version,string network,string resourceUrl,string payer,"
                + "uint256 issuedAt,string transaction)");

    // When
    var digest =
        Eip712.digest(
            domain.separator(),
            Eip712.hashStruct(
                type,
                Abi.word(1),
                Keccak.hash("eip155:31337"),
                Keccak.hash("https://m.example/v1/infer"),
                Keccak.hash("0x90F79bf6EB2c4f870365E785982E1f101E93b906"),
                Abi.word(1_900_000_000),
                Keccak.hash("")));

    // Then
    assertThat(digest)
        .hasToString("0x80f9d257d7d67a75093cfb1d8b1f1fe30b52167236fd1378dd301e25acecb3ab");
  }

  @Test
  void bytesAtTheEndOfACallArePaddedAndCounted() {
    // When
    var call =
        Abi.callWithBytes(Abi.selector("f(uint256,bytes)"), new byte[] {1, 2, 3}, Abi.word(7));

    // Then
    assertThat(call).hasSize(4 + 4 * 32);
    assertThat(Abi.wordAt(Arrays.copyOfRange(call, 4, call.length), 1)).isEqualTo(Abi.word(64));
    assertThat(Abi.wordAt(Arrays.copyOfRange(call, 4, call.length), 2)).isEqualTo(Abi.word(3));
  }
}
