package io.stoa.domain.payment;

import io.stoa.domain.Bytes;
import java.math.BigInteger;

/**
 * A payer's signed approval of Permit2 for exactly the amount of its {@link SignedPermit}, sent
 * along by one that has approved less (EIP-2612). Whether the token takes it, only a trial tells.
 *
 * @param deadline Unix seconds; a block's time must not be greater
 * @param signature 65 canonical bytes of the payer's key
 */
public record Approval(BigInteger deadline, Bytes signature) {}
