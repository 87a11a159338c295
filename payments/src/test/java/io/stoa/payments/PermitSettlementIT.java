package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.PaymentState;
import io.stoa.domain.payment.SignedPayment;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.domain.payment.SignedPermit.Witness;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What payments by Permit2 open, and what they are charged, on a real chain and in a real database.
 * Rule numbers are those of the conformance checklist for x402.
 */
class PermitSettlementIT extends PermitFixture {

  @ParameterizedTest
  @EnumSource
  void rule23APaymentMovesWhatItCostsAndIsAnswered(Scheme scheme) {
    // Given
    var shop = open(setting);
    var before = chain.dollarsOf(Shop.SELLER);
    var permit = scheme.sign(shop, buyer);

    // When
    var admission = shop.serve(shop.present(permit, "question"));

    // Then
    assertThat(admission)
        .isInstanceOfSatisfying(
            Admission.Delivered.class,
            delivered -> assertThat(delivered.answer()).isEqualTo(Shop.ANSWER));
    assertThat(chain.dollarsOf(Shop.SELLER).subtract(before)).isEqualTo(MOST);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule44APriceBelowTheCeilingIsWhatIsChargedAndWhatTheReceiptSays() {
    // Given
    var shop = open(setting);
    var permit = shop.signUpto(buyer, MOST);

    // When
    var admission = (Admission.Delivered) shop.serve(shop.present(permit, "question"), USED);

    // Then
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST - USED);
    assertThat(admission.payment().price().units()).isEqualTo(USED);
    assertThat(shop.find(permit).price().units()).isEqualTo(USED);
    assertThat(shop.till().receipt(permit.key().id()))
        .hasValueSatisfying(receipt -> assertThat(receipt).contains("\"amount\":\"" + USED + "\""));
  }

  @Test
  void aFixedPriceIsChargedWhateverWasUsed() {
    // Given
    var shop = open(setting);

    // When
    shop.serve(shop.present(shop.signExact(buyer, MOST), "question"), USED);

    // Then
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @Test
  void rule45APriceOfZeroIsAnsweredWithoutATransaction() {
    // Given
    var shop = open(setting);
    var permit = shop.signUpto(buyer, MOST);

    // When
    var admission = shop.serve(shop.present(permit, "question"), 0);

    // Then
    assertThat(admission)
        .isInstanceOfSatisfying(
            Admission.DeliveredFree.class,
            free -> assertThat(free.answer()).isEqualTo(Shop.ANSWER));
    assertThat(shop.stateOf(permit)).isEqualTo(new PaymentState.Free());
    assertThat(shop.find(permit).price()).isEqualTo(TokenAmount.of(chain.dollar(), 0));
    assertThat(shop.till().receipt(permit.key().id()))
        .hasValueSatisfying(receipt -> assertThat(receipt).contains("\"amount\":\"0\""));
    assertThat(shop.transactions()).isZero();
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(MOST);
  }

  @Test
  void rule45TheNonceOfAFreeCallIsRefusedAfterwards() {
    // Given
    var shop = open(setting);
    var permit = shop.signUpto(buyer, MOST);
    var presented = shop.present(permit, "question");
    shop.serve(presented, 0);
    var another =
        shop.sign(buyer, USED, permit.witness(), Instant.now().plusSeconds(3600), permit.nonce());

    // When
    var copy = shop.serve(presented);
    var anotherRequest = shop.serve(shop.present(permit, "another question"));
    var anotherPermit = shop.serve(shop.present(another, "another question"));
    shop.reconcile();

    // Then
    assertThat(copy).isInstanceOf(Admission.DeliveredFree.class);
    assertThat(anotherRequest).isEqualTo(new Admission.UsedElsewhere(permit.key().id()));
    assertThat(anotherPermit).isEqualTo(new Admission.Refused("permit2_invalid_nonce"));
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule46AFacilitatorThatCannotSettleIsRefused() {
    // Given
    var shop = open(setting);
    var stranger = new Witness.Upto(Shop.SELLER, chain.account().address(), BigInteger.ZERO);
    var permit = sign(shop, stranger);
    var advertised = open(setting.sendingFrom(chain.account()));

    // When
    var mismatch = shop.serve(shop.present(permit, "question"));
    var ofAnother = shop.serve(advertised.present(advertised.signUpto(buyer, MOST), "question"));

    // Then
    assertThat(mismatch).isEqualTo(new Admission.Refused("upto_facilitator_mismatch"));
    assertThat(ofAnother).isEqualTo(new Admission.Refused("upto_facilitator_mismatch"));
    assertThat(shop.transactions()).isZero();
  }

  @Test
  void rule46WhatTheAdvertisedAccountMaySettleIsSentFromIt() {
    // Given
    var first = chain.account();
    var second = chain.account();
    var shop = open(setting.sendingFrom(first, second));
    chain.mint(buyer.address(), MOST);

    // When
    var upto = shop.serve(shop.present(shop.signUpto(buyer, MOST), "question"));
    long ofSecond = chain.rpc().nonce(second.address());
    var exact = shop.serve(shop.present(shop.signExact(buyer, MOST), "question"));

    // Then
    assertThat(upto).isInstanceOf(Admission.Delivered.class);
    assertThat(exact).isInstanceOf(Admission.Delivered.class);
    assertThat(ofSecond).isEqualTo(1);
    assertThat(chain.rpc().nonce(first.address())).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void rule47WithoutAnAllowanceNothingIsServedUntilThePayerApproves(Scheme scheme) {
    // Given
    var shop = open(setting);
    others.approve(buyer, MOST - 1);
    var presented = shop.present(scheme.sign(shop, buyer), "question");

    // When
    var before = shop.serve(presented);
    others.approve(buyer, MOST);
    var after = shop.serve(presented);

    // Then
    assertThat(before).isEqualTo(new Admission.AllowanceRequired());
    assertThat(after).isInstanceOf(Admission.Delivered.class);
    assertThat(shop.served()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void rule47AnApprovalThatCameAlongMakesUpForTheAllowance(Scheme scheme) {
    // Given
    var shop = open(setting);
    others.approve(buyer, 0);
    var permit = scheme.sign(shop, buyer);
    var approval = others.approval(buyer, permit, 0);

    // When
    var admission = shop.serve(shop.present(permit, Optional.of(approval), "question"));

    // Then
    assertThat(admission).isInstanceOf(Admission.Delivered.class);
    assertThat(chain.dollarsOf(buyer.address())).isZero();
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @Test
  void rule47AnApprovalThatTheTokenDoesNotTakeIsNone() {
    // Given
    var shop = open(setting);
    others.approve(buyer, 0);
    var permit = shop.signExact(buyer, MOST);
    var later = others.approval(buyer, permit, 1);
    var cheaper = others.approval(buyer, shop.signExact(buyer, USED), 0);

    // When
    var untimely = shop.serve(shop.present(permit, Optional.of(later), "question"));
    var tooLittle = shop.serve(shop.present(permit, Optional.of(cheaper), "question"));

    // Then
    assertThat(untimely).isEqualTo(new Admission.AllowanceRequired());
    assertThat(tooLittle).isEqualTo(new Admission.Refused("permit2_2612_amount_mismatch"));
    assertThat(shop.served()).isZero();
  }

  @Test
  void anApprovalIsForOnePaymentAtATimeBecauseItTakesThePlaceOfTheOneBefore() {
    // Given
    var shop = open(setting);
    others.approve(buyer, 0);
    chain.mint(buyer.address(), MOST);
    var first = shop.signExact(buyer, MOST);
    var second = shop.signExact(buyer, MOST);
    var admitted =
        shop.admit(shop.present(first, Optional.of(others.approval(buyer, first, 0)), "question"));

    // When
    var meanwhile =
        shop.serve(
            shop.present(second, Optional.of(others.approval(buyer, second, 0)), "question"));
    var outcome = shop.deliver(admitted);
    var afterwards =
        shop.serve(
            shop.present(second, Optional.of(others.approval(buyer, second, 1)), "question"));

    // Then
    assertThat(meanwhile).isEqualTo(new Admission.AllowanceRequired());
    assertThat(outcome).isInstanceOf(Admission.Delivered.class);
    assertThat(afterwards).isInstanceOf(Admission.Delivered.class);
  }

  @Test
  void rule32WalletsPayByEveryMethod() {
    // Given
    var shop = open(setting);
    chain.mint(buyer.address(), 3 * MOST);
    var anything = Bytes.of(new byte[] {42});
    var payments =
        List.<SignedPayment>of(
            signed(shop.signExact(buyer, MOST), anything),
            signed(shop.signUpto(buyer, MOST), anything),
            shop.sign(buyer, MOST, anything),
            shop.sign(buyer, MOST, Bytes.of(new byte[65])));
    others.becomeWallet(buyer);

    // Then
    for (var payment : payments) {
      assertThat(shop.serve(shop.present(payment, "question")))
          .isInstanceOf(Admission.Delivered.class);
    }
    assertThat(chain.dollarsOf(buyer.address())).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void rule32AWalletThatWouldNotSettleIsNotServed(Scheme scheme) {
    // Given
    var shop = open(setting);
    var permit = scheme.sign(shop, buyer);
    others.becomeLyingWallet(buyer);

    // When
    var admission = shop.serve(shop.present(permit, "question"));

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("permit2_simulation_failed"));
    assertThat(shop.served()).isZero();
  }

  private SignedPermit sign(Shop shop, Witness witness) {
    return shop.sign(
        buyer, MOST, witness, Instant.now().plusSeconds(3600), Shop.randomBytes32().toUnsigned());
  }
}
