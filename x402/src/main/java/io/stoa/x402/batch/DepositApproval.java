package io.stoa.x402.batch;

import io.stoa.domain.TokenAmount;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.permit2.Eip2612Approval;
import io.stoa.x402.permit2.Permit2;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/** Whether a payer's signed approval of Permit2 (EIP-2612) is for the deposit it came with. */
public final class DepositApproval {
  private DepositApproval() {}

  /** The first rule that it breaks. */
  public static Optional<String> objection(
      Eip2612Approval approval, BatchPayload.Deposit deposit, Instant now) {
    var config = deposit.config();
    if (!approval.payer().equals(config.payer())) {
      return Optional.of(BatchReason.EIP2612_OWNER_MISMATCH);
    }
    if (!approval.amount().asset().equals(config.asset())) {
      return Optional.of(BatchReason.EIP2612_ASSET_MISMATCH);
    }
    if (!approval.spender().equals(Permit2.CONTRACT)) {
      return Optional.of(BatchReason.EIP2612_SPENDER_MISMATCH);
    }
    if (!approval.amount().equals(new TokenAmount(config.asset(), deposit.amount()))) {
      return Optional.of(BatchReason.EIP2612_AMOUNT_MISMATCH);
    }
    var last = now.plus(ExactEip3009.INCLUSION).getEpochSecond();
    return approval.deadline().compareTo(BigInteger.valueOf(last)) < 0
        ? Optional.of(BatchReason.EIP2612_DEADLINE_EXPIRED)
        : Optional.empty();
  }
}
