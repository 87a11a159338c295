package io.stoa.domain.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPermit.Witness;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class SignedPermitTest {
  private static final Asset DOLLAR =
      Asset.parse("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3");
  private static final Asset OTHER_TOKEN =
      Asset.parse("eip155:31337/erc20:0x0000000000000000000000000000000000000001");
  private static final Address PAYER = Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906");
  private static final Address TO = Address.parse("0x2000000000000000000000000000000000004020");
  private static final Address SPENDER =
      Address.parse("0x402085c248EeA27D92E8b30b2C58ed07f9E20001");
  private static final Witness EXACT = new Witness.Exact(TO, BigInteger.ZERO);
  private static final Witness UPTO = new Witness.Upto(TO, SPENDER, BigInteger.ZERO);

  @Test
  void itsKeyIsOneForAllTokensSchemesAndSignatures() {
    assertThat(permit(OTHER_TOKEN, UPTO, 2).key()).isEqualTo(permit(DOLLAR, EXACT, 1).key());
  }

  @Test
  void theLastSecondOfItsLifeIsItsDeadline() {
    assertThat(permit(DOLLAR, EXACT, 1).isDeadAt(2_000_000_000)).isFalse();
    assertThat(permit(DOLLAR, EXACT, 1).isDeadAt(2_000_000_001)).isTrue();
  }

  @Test
  void itPaysWhomItsWitnessNames() {
    assertThat(permit(DOLLAR, UPTO, 1).payTo()).isEqualTo(TO);
  }

  private static SignedPermit permit(Asset asset, Witness witness, int signature) {
    return new SignedPermit(
        TokenAmount.of(asset, 1000),
        PAYER,
        SPENDER,
        BigInteger.ONE,
        BigInteger.valueOf(2_000_000_000),
        witness,
        Bytes.wrap(new byte[] {(byte) signature}));
  }
}
