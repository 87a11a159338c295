package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.Occasion;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedTransfer;
import io.stoa.payments.DepositDesk.Entry;
import io.stoa.persistence.till.Claim;
import io.stoa.persistence.till.Funds;
import io.stoa.persistence.till.PostgresTill;
import io.stoa.testkit.TestChain;
import io.stoa.x402.batch.BatchPayload;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.exact.TransferAuthorization;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What deposits and payments of one payer hold, and so keep from each other. */
class DepositHoldsIT extends DepositFixture {
  @Test
  void whatUndecidedPaymentsHoldIsNotThereForADeposit() {
    // Given
    var shop = open(setting);
    shop.let(
        "insert into till.payer values ('\\x%s', 31337, '\\x%s', %d, 0)"
            .formatted(hex(payer.key.address()), hex(chain.dollar().token()), MINTED - AMOUNT + 1));

    // When
    var entry = shop.deposit(payer.sign(PRICE, AMOUNT));

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.INSUFFICIENT_BALANCE));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNonceThatAPaymentHoldsIsNotThereForADeposit() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    var transfer = transferWithNonceOf(deposit);
    claim(shop, transfer, Optional.empty());

    // When
    var entry = shop.deposit(deposit);

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.DEPOSIT_SIMULATION_FAILED));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void aNonceThatADepositHoldsIsNotThereForAPayment() {
    // Given
    var shop = open(setting);
    var deposit = payer.sign(PRICE, AMOUNT);
    begin(shop, deposit, Duration.ofMinutes(1));

    // When
    var outcome = claim(shop, transferWithNonceOf(deposit), Optional.empty());

    // Then
    assertThat(outcome).isEqualTo(new Claim.Outcome.Deposited());
  }

  @Test
  void anAllowanceThatADepositDrawsOnIsNotThereForAPayment() {
    // Given
    var shop = open(setting);
    begin(shop, payer.permit(PRICE, AMOUNT), Duration.ofMinutes(1));
    var permit =
        new PermitAuthorization(
                TokenAmount.of(chain.dollar(), 1),
                BigInteger.ONE,
                BigInteger.TWO.pow(40),
                new SignedPermit.Witness.Exact(PAYEE, BigInteger.ZERO))
            .signedBy(payer.key, Permit2Domain.of(TestChain.ID));

    // When
    var tooLittle = claim(shop, permit, Optional.of(BigInteger.valueOf(AMOUNT)));
    var enough = claim(shop, permit, Optional.of(BigInteger.valueOf(AMOUNT + 1)));

    // Then
    assertThat(tooLittle).isEqualTo(new Claim.Outcome.Unapproved());
    assertThat(enough).isInstanceOf(Claim.Outcome.Claimed.class);
  }

  private SignedTransfer transferWithNonceOf(BatchPayload.Deposit deposit) {
    return new TransferAuthorization(
            TokenAmount.of(chain.dollar(), 1),
            PAYEE,
            BigInteger.ZERO,
            BigInteger.TWO.pow(40),
            ((PaymentKey.Eip3009) deposit.key()).nonce())
        .signedBy(payer.key, chain.dollarDomain());
  }

  private Claim.Outcome claim(
      ChannelShop shop, SignedPayment signed, Optional<BigInteger> allowance) {
    return new PostgresTill(shop.pool())
        .claim(
            new Claim(
                signed,
                Optional.empty(),
                new Occasion.Errand(),
                new Funds(BigInteger.valueOf(MINTED), allowance, chain.rpc().head().number()),
                0,
                Duration.ofMinutes(1)));
  }

  private static String hex(Address account) {
    return account.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
