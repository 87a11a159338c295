package io.stoa.x402.exact;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.x402.Example;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TransferAuthorizationTest {

  @Test
  void theVectorOfTheProtocolIsSignedToTheByte() {
    // When
    var transfer = Example.transfer();

    // Then
    assertThat(TransferAuthorization.digest(transfer, Example.DOMAIN))
        .hasToString("0x63be6ccc843c7b73fc01ed8a5221353373b00f3ee6811b0b5fd8e6e4d06afa45");
    assertThat(transfer.signature()).hasToString(Example.SIGNATURE);
    assertThat(transfer.payer()).isEqualTo(Example.PAYER.address());
  }

  @Test
  void itIsSubmittedAsTheCallThatTokensUnderstand() {
    assertThat(HexFormat.of().formatHex(TransferAuthorization.submission(Example.transfer())))
        .isEqualTo(
            "e3ee160e"
                + "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906"
                + "0000000000000000000000002000000000000000000000000000000000004020"
                + "00000000000000000000000000000000000000000000000000000000000003e8"
                + "0000000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000077359400"
                + "1111111111111111111111111111111111111111111111111111111111111111"
                + "000000000000000000000000000000000000000000000000000000000000001c"
                + "2d15102ec2c79fc4354f384b00e3a49bb683eed81af37d7cedac412cf3892ce5"
                + "143f746ccce4d9e99562085ee251ced365ecd4fd9e8a90cc0e3bb29f79a9668a");
  }

  @Test
  void rule32AWalletsSignatureIsSubmittedAsItIs() {
    // Given
    var transfer = Example.transfer();
    var wallets = with(transfer, Bytes.parse("0x" + "ab".repeat(70)));

    // When
    var call = HexFormat.of().formatHex(TransferAuthorization.submission(wallets));

    // Then
    assertThat(call)
        .startsWith("cf092995" + "00000000000000000000000090f79bf6eb2c4f870365e785982e1f101e93b906")
        .endsWith(
            Example.NONCE.toString().substring(2)
                + "00000000000000000000000000000000000000000000000000000000000000e0"
                + "0000000000000000000000000000000000000000000000000000000000000046"
                + "ab".repeat(70)
                + "00".repeat(26))
        .hasSize(2 * (4 + 32 * 8 + 96));
  }

  @Test
  void rule32TheTokenIsGivenWhatTheWalletUnderstandsWithoutItsWrapping() {
    // Given
    var inner = with(Example.transfer(), Bytes.parse("0x" + "ab".repeat(70)));

    // When, Then
    assertThat(TransferAuthorization.submission(with(inner, Example.WRAPPED)))
        .isEqualTo(TransferAuthorization.submission(inner));
  }

  @Test
  void aWalletMayAskForTheOverloadThatTakesAnySignature() {
    assertThat(
            HexFormat.of()
                .formatHex(TransferAuthorization.submissionByContract(Example.transfer())))
        .startsWith("cf092995")
        .endsWith(Example.SIGNATURE.substring(2) + "00".repeat(31));
  }

  private static SignedTransfer with(SignedTransfer good, Bytes signature) {
    return new SignedTransfer(
        good.amount(),
        good.payer(),
        good.payTo(),
        good.validAfter(),
        good.validBefore(),
        good.nonce(),
        signature);
  }
}
