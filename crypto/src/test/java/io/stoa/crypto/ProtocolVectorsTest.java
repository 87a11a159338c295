package io.stoa.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Digests that other implementations of the protocol computed. */
class ProtocolVectorsTest {
  private static final ChainId LOCAL = new ChainId(31337);
  private static final Address PAYER = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");
  private static final Address TOKEN = Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final Address PAY_TO = Address.parse("0x2000000000000000000000000000000000004020");
  private static final Bytes32 PERMIT2 =
      new Eip712.Domain(
              "Permit2", null, LOCAL, Address.parse("0x000000000022D473030F116dDEE9F6B43aC78BA3"))
          .separator();
  private static final Bytes32 CHANNELS =
      new Eip712.Domain(
              "x402 Batch Settlement",
              "1",
              LOCAL,
              Address.parse("0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003"))
          .separator();
  private static final Bytes32 CHANNEL =
      Bytes32.parse("0xc67d1015f4430077b7e52e722929cf85fa0f8eaa59fa615ab574f21fd5cc4c53");

  @Test
  void aStructInsideAStructEntersAsItsHash() {
    // Given
    var tokenPermissions = "TokenPermissions(address token,uint256 amount)";
    var witnessType = "Witness(address to,uint256 validAfter)";
    var permitted =
        Eip712.hashStruct(Keccak.hash(tokenPermissions), Abi.word(TOKEN), Abi.word(1000));
    var witness = Eip712.hashStruct(Keccak.hash(witnessType), Abi.word(PAY_TO), Abi.word(0));
    var type =
        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,"
            + "uint256 deadline,Witness witness)"
            + tokenPermissions
            + witnessType;

    // When
    var permit =
        Eip712.hashStruct(
            Keccak.hash(type),
            permitted,
            Abi.word(Address.parse("0x402085c248EeA27D92E8b30b2C58ed07f9E20001")),
            Abi.word(1),
            Abi.word(2_000_000_000),
            witness);

    // Then
    assertThat(Eip712.digest(PERMIT2, permit))
        .hasToString("0x621dc21fbec6210a436e83034dfed633b6f23038a9f15dd378c0965dd2547ec1");
  }

  @Test
  void aChannelIsNamedByTheDigestOfItsConfiguration() {
    // Given
    var type =
        Keccak.hash(
            "ChannelConfig(address payer,address payerAuthorizer,address receiver,"
                + "address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)");

    // When
    var config =
        Eip712.hashStruct(
            type,
            Abi.word(PAYER),
            Abi.word(PAYER),
            Abi.word(PAY_TO),
            Abi.word(Address.parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")),
            Abi.word(TOKEN),
            Abi.word(900),
            Bytes32.ZERO);

    // Then
    assertThat(type)
        .hasToString("0x1c9a06ceab9b0ebbd3301dc56c9111bb6d9af421356dc9ccb3b7084c755db308");
    assertThat(Eip712.digest(CHANNELS, config)).isEqualTo(CHANNEL);
  }

  @Test
  void aVoucherHasTheDigestThatItsPayerSigned() {
    // When
    var voucher =
        Eip712.digest(
            CHANNELS,
            Eip712.hashStruct(
                Keccak.hash("Voucher(bytes32 channelId,uint128 maxClaimableAmount)"),
                CHANNEL,
                Abi.word(1000)));

    // Then
    assertThat(voucher)
        .hasToString("0x9b01ff26c4487723e54fce2617229bc698aaf6b792b1bee0b399ee148aa54841");
  }

  @Test
  void anArrayOfStructsEntersAsTheHashOfItsHashes() {
    // Given
    var entryType = "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
    var entry = Eip712.hashStruct(Keccak.hash(entryType), CHANNEL, Abi.word(1000), Abi.word(700));

    // When
    var batch =
        Eip712.hashStruct(
            Keccak.hash("ClaimBatch(ClaimEntry[] claims)" + entryType),
            Keccak.hash(Abi.encode(entry)));

    // Then
    assertThat(Eip712.digest(CHANNELS, batch))
        .hasToString("0xa846b6fd173427d0a9a753ee5b8b8a528b83859a2f8f79970fd40d5a4e3c2940");
  }

  @Test
  void encodedWordsHashAsTheContractHashesThem() {
    assertThat(Keccak.hash(Abi.encode(CHANNEL, Abi.word(BigInteger.valueOf(7)))))
        .hasToString("0x0e05d962c7a5adcdeb692226b15b523ae1af623dce7f213cd4e9524c13f1e8dd");
  }

  @Test
  void textEntersAsItsHash() {
    // Given
    var domain = new Eip712.Domain("x402 offer", "1", new ChainId(1), null);

    // When
    var offer =
        Eip712.hashStruct(
            Keccak.hash(
                "Offer(uint256 version,string resourceUrl,string scheme,string network,"
                    + "string asset,string payTo,string amount,uint256 validUntil)"),
            Abi.word(1),
            Keccak.hash("https://m.example/v1/infer"),
            Keccak.hash("exact"),
            Keccak.hash("eip155:31337"),
            Keccak.hash("0x5FbDB2315678afecb367f032d93F642f64180aa3"),
            Keccak.hash("0x2000000000000000000000000000000000004020"),
            Keccak.hash("1000"),
            Abi.word(2_000_000_000));

    // Then
    assertThat(Eip712.digest(domain.separator(), offer))
        .hasToString("0x362eb0af88063438c5e7e341ca95935d877df8931df09a8586927fff54a5d497");
  }
}
