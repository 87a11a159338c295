package io.stoa.domain.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import org.junit.jupiter.api.Test;

class PaymentKeyTest {
  private static final Asset DOLLAR =
      Asset.parse("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final Address PAYER = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");
  private static final Bytes32 NONCE =
      Bytes32.parse("0x1111111111111111111111111111111111111111111111111111111111111111");

  @Test
  void twoSpellingsOfOneAuthorizationHaveOneId() {
    // Given
    var lower = new PaymentKey.Eip3009(DOLLAR, Address.parse(PAYER.toString()), NONCE);

    // When, Then
    assertThat(new PaymentKey.Eip3009(DOLLAR, PAYER, NONCE).id()).isEqualTo(lower.id());
  }

  @Test
  void everyPartOfTheKeyMakesAnotherId() {
    // Given
    var key = new PaymentKey.Eip3009(DOLLAR, PAYER, NONCE);

    // When, Then
    assertThat(new PaymentKey.Eip3009(DOLLAR, PAYER, Bytes32.ZERO).id()).isNotEqualTo(key.id());
    assertThat(new PaymentKey.Eip3009(DOLLAR, Address.ZERO, NONCE).id()).isNotEqualTo(key.id());
    assertThat(new PaymentKey.Eip3009(new Asset(DOLLAR.chain(), PAYER), PAYER, NONCE).id())
        .isNotEqualTo(key.id());
  }

  @Test
  void theTwoNonceSpacesOfAChainNeverMeet() {
    // Given
    var number = NONCE.toUnsigned();

    // When
    var permit = new PaymentKey.Permit2(DOLLAR.chain(), PAYER, number);

    // Then
    assertThat(permit.id()).isNotEqualTo(new PaymentKey.Eip3009(DOLLAR, PAYER, NONCE).id());
    assertThat(permit.id())
        .isNotEqualTo(new PaymentKey.Permit2(DOLLAR.chain(), PAYER, number.add(number)).id());
  }
}
