package io.stoa.x402.permit2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PermitAuthorizationTest {

  @Test
  void theVectorOfSchemeExactIsSignedToTheByte() {
    // When
    var permit = PermitExample.exact();

    // Then
    assertThat(PermitAuthorization.digest(permit, PermitExample.DOMAIN))
        .hasToString("0x621dc21fbec6210a436e83034dfed633b6f23038a9f15dd378c0965dd2547ec1");
    assertThat(permit.signature()).hasToString(PermitExample.EXACT_SIGNATURE);
    assertThat(permit.spender()).isEqualTo(Permit2.EXACT_PROXY);
  }

  @Test
  void theVectorOfSchemeUptoIsSignedToTheByte() {
    // When
    var permit = PermitExample.upto();

    // Then
    assertThat(PermitAuthorization.digest(permit, PermitExample.DOMAIN))
        .hasToString("0x403ef3c6eab93a071fee8367a4edb71bc62abc8423bfed804dc41c488aed5424");
    assertThat(permit.signature()).hasToString(PermitExample.UPTO_SIGNATURE);
    assertThat(permit.spender()).isEqualTo(Permit2.UPTO_PROXY);
  }
}
