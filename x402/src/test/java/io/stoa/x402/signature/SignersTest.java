package io.stoa.x402.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.x402.ContractSignatures.Deployment;
import io.stoa.x402.ContractSignatures.Question;
import io.stoa.x402.Example;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignersTest {
  private static final String BAD = "bad_signature";
  private static final Address PAYER = Example.PAYER.address();
  private static final Bytes32 DIGEST = Bytes32.parse("0x" + "42".repeat(32));
  private static final Bytes GOOD = Bytes.wrap(Example.PAYER.sign(DIGEST).toBytes());
  private static final Bytes OTHERS = Bytes.wrap(Example.PAYER.sign(Bytes32.ZERO).toBytes());
  private static final BlockRef HEAD = new BlockRef(7, DIGEST);
  private static final Bytes INNER = Bytes.parse("0x" + "ab".repeat(70));
  private static final Deployment DEPLOYMENT =
      new Deployment(
          Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), Bytes.parse("0xdeadbeef01"));

  private final ContractWallets contracts = new ContractWallets();
  private final Signers careful = new Signers(contracts, Set.of());
  private final Signers trusting = new Signers(contracts, Set.of(DEPLOYMENT.factory()));

  @Test
  void anAccountWithoutCodeSignsWithItsKeyAndNobodyIsAsked() {
    assertThat(careful.objection(signature(GOOD), false, HEAD, BAD)).isEmpty();
    assertThat(careful.objection(signature(OTHERS), false, HEAD, BAD)).contains(BAD);
    assertThat(contracts.asked()).isEmpty();
  }

  /** Permit2 would take some of these: one permit would have several signatures. */
  @ParameterizedTest
  @ValueSource(strings = {"high s", "v 0", "compact", "empty", "longer"})
  void rule28AnAccountWithoutCodeHasOnlyOneFormOfSignature(String form) {
    assertThat(careful.objection(signature(loose(form)), false, HEAD, BAD)).contains(BAD);
    assertThat(contracts.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rule32AnAccountWithCodeAnswersForItself(boolean answer) {
    // Given
    contracts.accept(answer);

    for (var bytes : new Bytes[] {GOOD, OTHERS, INNER}) {
      // When
      var objection = careful.objection(signature(bytes), true, HEAD, BAD);

      // Then
      assertThat(objection.isEmpty()).isEqualTo(answer);
      assertThat(contracts.asked().getLast())
          .isEqualTo(new Question(PAYER, DIGEST, bytes, Optional.empty()));
    }
  }

  @Test
  void rule32ADeployedWalletIsAskedAboutWhatWasWrapped() {
    // When
    careful.objection(signature(Example.WRAPPED), true, HEAD, BAD);

    // Then
    assertThat(contracts.asked())
        .containsExactly(new Question(PAYER, DIGEST, INNER, Optional.empty()));
  }

  @Test
  void rule32AWalletOfAnUnknownFactoryIsRefusedByName() {
    assertThat(careful.objection(signature(Example.WRAPPED), false, HEAD, BAD))
        .contains("eip6492_factory_not_allowed");
    assertThat(contracts.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rule32AWalletOfATrustedFactoryIsAskedAsIfItWereDeployed(boolean answer) {
    // Given
    contracts.accept(answer);

    // When
    var objection = trusting.objection(signature(Example.WRAPPED), false, HEAD, BAD);

    // Then
    assertThat(objection.isEmpty()).isEqualTo(answer);
    assertThat(contracts.asked())
        .containsExactly(new Question(PAYER, DIGEST, INNER, Optional.of(DEPLOYMENT)));
  }

  private static PayerSignature signature(Bytes bytes) {
    return PayerSignature.of(PAYER, DIGEST, bytes);
  }

  private static Bytes loose(String form) {
    var hex = GOOD.toString();
    var r = hex.substring(2, 66);
    var s = hex.substring(66, 130);
    boolean isOdd = hex.endsWith("1c");
    return switch (form) {
      case "high s" -> Bytes.parse("0x" + r + negated(s) + (isOdd ? "1b" : "1c"));
      case "v 0" -> Bytes.parse("0x" + r + s + (isOdd ? "01" : "00"));
      case "compact" -> Bytes.parse("0x" + r + (isOdd ? withTopBit(s) : s));
      case "empty" -> Bytes.EMPTY;
      default -> Bytes.parse(hex + "00");
    };
  }

  private static String negated(String s) {
    var order =
        Bytes32.parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
            .toUnsigned();
    return Bytes32.of(order.subtract(Bytes32.parse("0x" + s).toUnsigned())).toString().substring(2);
  }

  private static String withTopBit(String s) {
    var bytes = HexFormat.of().parseHex(s);
    bytes[0] |= (byte) 0x80;
    return HexFormat.of().formatHex(bytes);
  }
}
