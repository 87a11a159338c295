package io.stoa.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Bytes;
import io.stoa.domain.payment.SignedPermit.Witness;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One payment by Permit2 presented many times, on a real chain and in a real database: it is served
 * once. Rule numbers are those of the conformance checklist for x402.
 */
class PermitCopiesIT extends PermitFixture {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  @ParameterizedTest
  @EnumSource
  void rules34And41ACopyGetsTheSameAnswerAndTheSameSettlement(Scheme scheme) {
    // Given
    var shop = open(setting);
    var presented = shop.present(scheme.sign(shop, buyer), "question");
    var first = (Admission.Delivered) shop.serve(presented);

    // When
    var second = (Admission.Delivered) shop.serve(presented);

    // Then
    assertThat(second.settlement()).isEqualTo(first.settlement());
    assertThat(second.answer()).isEqualTo(first.answer());
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void rules35To38FiftyCopiesAtTwoInstancesAskTheProviderOnceAndSendOnce(Scheme scheme)
      throws Exception {
    // Given
    var instances = List.of(open(setting), open(setting));
    var permit = scheme.sign(instances.getFirst(), buyer);
    var presented = instances.getFirst().present(permit, "same");

    // When
    var admissions = atOnce(50, i -> instances.get(i % 2).serve(presented));

    // Then
    assertThat(admissions).allMatch(Admission.Delivered.class::isInstance);
    assertThat(admissions.stream().map(each -> ((Admission.Delivered) each).settlement()))
        .containsOnly(((Admission.Delivered) admissions.getFirst()).settlement());
    assertThat(instances.getFirst().served() + instances.getLast().served()).isEqualTo(1);
    assertThat(instances.getFirst().transactions()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void rules36And37FiftyEncodingsOfOneKeysSignatureAreServedOnce(Scheme scheme) throws Exception {
    // Given
    var shop = open(setting);
    var permit = scheme.sign(shop, buyer);
    var spellings =
        List.of(
            permit.signature(),
            highS(permit.signature()),
            compact(permit.signature()),
            smallV(permit.signature()));

    // When
    var admissions =
        atOnce(50, i -> shop.serve(shop.present(signed(permit, spellings.get(i % 4)), "question")));

    // Then
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isEqualTo(1);
    for (int i = 0; i < admissions.size(); i++) {
      assertThat(admissions.get(i))
          .isInstanceOf(i % 4 == 0 ? Admission.Delivered.class : Admission.Refused.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rules36And37FiftySignaturesThatAWalletTakesAreServedOnce(Scheme scheme) throws Exception {
    // Given
    var shop = open(setting);
    var permit = scheme.sign(shop, buyer);
    others.becomeWallet(buyer);

    // When
    var admissions =
        atOnce(
            50,
            i -> {
              var spelling = Bytes.of(new byte[] {(byte) i});
              return shop.serve(shop.present(signed(permit, spelling), "question"));
            });

    // Then
    assertThat(shop.served()).isEqualTo(1);
    assertThat(shop.transactions()).isEqualTo(1);
    assertThat(admissions).filteredOn(Admission.Delivered.class::isInstance).hasSize(1);
    assertThat(admissions)
        .filteredOn(new Admission.Refused("permit2_invalid_nonce")::equals)
        .hasSize(49);
  }

  @Test
  void rule36OneNonceInBothSchemesIsServedOnce() {
    // Given
    var shop = open(setting);
    var exact = shop.signExact(buyer, MOST);
    var upto =
        shop.sign(
            buyer,
            MOST,
            new Witness.Upto(Shop.SELLER, shop.facilitator(), BigInteger.ZERO),
            Instant.now().plusSeconds(3600),
            exact.nonce());
    shop.serve(shop.present(exact, "question"));

    // When
    var admission = shop.serve(shop.present(upto, "question"));

    // Then
    assertThat(admission).isEqualTo(new Admission.Refused("permit2_invalid_nonce"));
    assertThat(shop.served()).isEqualTo(1);
  }

  @Test
  void manyPaymentsOfOneBuyerAtOnceAreServedAsFarAsItsAllowanceGoes() throws Exception {
    // Given
    var instances = List.of(open(setting), open(setting));
    chain.mint(buyer.address(), 11 * MOST);
    others.approve(buyer, 5 * MOST);

    // When
    var admissions =
        atOnce(
            12,
            i -> {
              var shop = instances.get(i % 2);
              var permit = (i % 2 == 0 ? Scheme.EXACT : Scheme.UPTO).sign(shop, buyer);
              return shop.serve(shop.present(permit, "question " + i));
            });

    // Then
    assertThat(admissions).filteredOn(Admission.Delivered.class::isInstance).hasSize(5);
    assertThat(admissions).filteredOn(new Admission.AllowanceRequired()::equals).hasSize(7);
    assertThat(chain.dollarsOf(buyer.address())).isEqualTo(7 * MOST);
  }

  /** The same with the other {@code s}: any plain recovery takes it for the payer's. */
  private static Bytes highS(Bytes signature) {
    var bytes = signature.toBytes();
    var s = new BigInteger(1, Arrays.copyOfRange(bytes, 32, 64));
    var other = ORDER.subtract(s).toByteArray();
    System.arraycopy(other, other.length - 32, bytes, 32, 32);
    bytes[64] = (byte) (bytes[64] == 27 ? 28 : 27);
    return Bytes.of(bytes);
  }

  /** The same in 64 bytes (EIP-2098). */
  private static Bytes compact(Bytes signature) {
    var bytes = signature.toBytes();
    if (bytes[64] == 28) {
      bytes[32] |= (byte) 0x80;
    }
    return Bytes.of(Arrays.copyOf(bytes, 64));
  }

  private static Bytes smallV(Bytes signature) {
    var bytes = signature.toBytes();
    bytes[64] = (byte) (bytes[64] - 27);
    return Bytes.of(bytes);
  }
}
