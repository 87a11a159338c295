package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.TokenAmount;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DepositApprovalTest {
  /** For the deposit of {@link ChannelExample}. */
  static final Eip2612Approval APPROVAL =
      new Eip2612Approval(
          TokenAmount.of(Example.ASSET, 5_000),
          Example.PAYER.address(),
          Permit2.CONTRACT,
          BigInteger.valueOf(3),
          BigInteger.valueOf(2_000_000_000),
          Signature.strict(Bytes.parse(Example.SIGNATURE).toBytes()));

  private static final Address OTHER = ChannelExample.AUTHORIZER;

  @Test
  void anApprovalOfExactlyTheDepositIsTaken() throws MalformedPayment {
    assertThat(objection(APPROVAL, Example.NOW)).isEmpty();
  }

  static Stream<Arguments> others() {
    var amount = APPROVAL.amount();
    return Stream.of(
        Arguments.of(with(amount, OTHER, Permit2.CONTRACT), BatchReason.EIP2612_OWNER_MISMATCH),
        Arguments.of(
            with(
                TokenAmount.of(new Asset(Example.ASSET.chain(), OTHER), 5_000),
                APPROVAL.payer(),
                Permit2.CONTRACT),
            BatchReason.EIP2612_ASSET_MISMATCH),
        Arguments.of(
            with(amount, APPROVAL.payer(), ChannelContracts.PERMIT2_COLLECTOR),
            BatchReason.EIP2612_SPENDER_MISMATCH),
        Arguments.of(
            with(TokenAmount.of(Example.ASSET, 4_999), APPROVAL.payer(), Permit2.CONTRACT),
            BatchReason.EIP2612_AMOUNT_MISMATCH),
        Arguments.of(
            with(TokenAmount.of(Example.ASSET, 5_001), APPROVAL.payer(), Permit2.CONTRACT),
            BatchReason.EIP2612_AMOUNT_MISMATCH));
  }

  @ParameterizedTest
  @MethodSource("others")
  void anApprovalOfAnythingElseIsRefused(Eip2612Approval other, String reason)
      throws MalformedPayment {
    assertThat(objection(other, Example.NOW)).contains(reason);
  }

  @Test
  void anApprovalLivesAsLongAsItsInclusionTakes() throws MalformedPayment {
    // Given
    var last = Instant.ofEpochSecond(2_000_000_000 - 6);

    // When, Then
    assertThat(objection(APPROVAL, last)).isEmpty();
    assertThat(objection(APPROVAL, last.plusSeconds(1)))
        .contains(BatchReason.EIP2612_DEADLINE_EXPIRED);
  }

  private static Eip2612Approval with(TokenAmount amount, Address payer, Address spender) {
    return new Eip2612Approval(
        amount, payer, spender, APPROVAL.nonce(), APPROVAL.deadline(), APPROVAL.signature());
  }

  private static Optional<String> objection(Eip2612Approval approval, Instant now)
      throws MalformedPayment {
    var deposit = (BatchPayload.Deposit) ChannelExample.read(ChannelExample.permit2Deposit());
    return DepositApproval.objection(approval, deposit, now);
  }
}
