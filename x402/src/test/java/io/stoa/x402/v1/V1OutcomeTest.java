package io.stoa.x402.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.domain.TxHash;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.SettlementResponse;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class V1OutcomeTest {
  private static final TxHash TRANSACTION =
      TxHash.parse("0x888487ec7a762eac4b57297cc03104b1234c884aceb4ad2f4327d13a998def28");

  @Test
  void rule70ASettlementIsToldUnderTheNameOfTheNetwork() throws MalformedPayment {
    // When
    var header =
        V1Outcome.header(
            SettlementResponse.settled(
                TRANSACTION,
                V1Example.OFFER.network(),
                Example.PAYER.address(),
                BigInteger.valueOf(1000)));

    // Then
    assertThat(HeaderCodec.decode(header).json())
        .isEqualTo(
            Example.object(
                """
                {'success':true,
                 'transaction':'0x888487ec7a762eac4b57297cc03104b1234c884aceb4ad2f4327d13a998def28',
                 'network':'base-sepolia','payer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906'}
                """));
  }

  @Test
  void rule13AFailureTellsItsReasonAndNoTransaction() throws MalformedPayment {
    // When
    var header =
        V1Outcome.header(
            SettlementResponse.failed(
                V1Example.OFFER.network(), Example.PAYER.address(), "authorization_expired"));

    // Then
    assertThat(HeaderCodec.decode(header).json())
        .isEqualTo(
            Example.object(
                """
                {'success':false,'transaction':'','network':'base-sepolia',
                 'payer':'0x90f79bf6eb2c4f870365e785982e1f101e93b906',
                 'errorReason':'authorization_expired'}
                """));
  }

  @Test
  void aNetworkThatVersion1CannotNameHasNoOutcome() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                V1Outcome.header(
                    SettlementResponse.free(Example.ASSET.chain(), Example.PAYER.address())));
  }
}
