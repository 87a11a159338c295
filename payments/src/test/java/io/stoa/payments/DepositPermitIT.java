package io.stoa.payments;

import static io.stoa.payments.ChannelShop.PRICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Abi;
import io.stoa.domain.Bytes;
import io.stoa.domain.payment.PaymentKey;
import io.stoa.payments.DepositDesk.Entry;
import io.stoa.persistence.till.Deposit;
import io.stoa.x402.batch.BatchReason;
import io.stoa.x402.permit2.Permit2;
import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Deposits by Permit2, with the approval they need on the way or missing. */
class DepositPermitIT extends DepositFixture {
  @Test
  void aDepositByPermit2WithAnApprovalOnTheWayIsTaken() {
    // Given
    var shop = open(setting);
    var visit =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT)));

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());
    var copy = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    opened(entry);
    assertThat(onChain().balance()).isEqualTo(AMOUNT);
    assertThat(deposited(copy).settlement()).isEqualTo(deposited(entry).settlement());
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule47ADepositByPermit2WithoutAnApprovalSaysWhatIsMissing() {
    // Given
    var shop = open(setting);
    var visit = shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.empty());

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.PERMIT2_ALLOWANCE_REQUIRED));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void anApprovalOfAnotherAmountIsRefused() {
    // Given
    var shop = open(setting);
    var visit =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT + 1)));

    // When
    var entry = shop.channels.deposits().enter(visit, shop.deadline());

    // Then
    assertThat(entry).isEqualTo(new Entry.Refused(BatchReason.EIP2612_AMOUNT_MISMATCH));
  }

  @Test
  void aDepositByPermit2IsNotProvedByAnotherOfTheSameAmount() {
    // Given
    var shop = open(setting);
    var first =
        shop.visitByPermit2(payer.permit(PRICE, AMOUNT), Optional.of(payer.approval(AMOUNT)));
    shop.channels
        .vouchers()
        .release(opened(shop.channels.deposits().enter(first, shop.deadline())));
    var second = payer.permit(PRICE, AMOUNT);
    begin(shop, second, OVER);
    var nonce = ((PaymentKey.Permit2) second.key()).nonce();
    chain.send(
        payer.key,
        Permit2.CONTRACT,
        Bytes.wrap(
            Abi.call(
                Abi.selector("invalidateUnorderedNonces(uint256,uint256)"),
                Abi.word(nonce.shiftRight(8)),
                Abi.word(BigInteger.ONE.shiftLeft(nonce.intValue() & 0xff)))));

    // When
    shop.round();

    // Then
    assertThat(state(shop, second)).isEqualTo(new Deposit.State.Open());
  }
}
