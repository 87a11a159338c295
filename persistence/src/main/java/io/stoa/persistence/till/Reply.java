package io.stoa.persistence.till;

import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * The answer to a call of a channel, kept for a buyer who did not get it, with what the buyer was
 * told of the charge. Amounts are in the token's smallest unit; all but the price are the
 * channel's, just after the call.
 *
 * @param binding the digest of what makes it this call and no other
 * @param sealed the encrypted answer
 */
public record Reply(
    Hold hold,
    Bytes32 binding,
    Bytes sealed,
    BigInteger price,
    BigInteger charged,
    BigInteger balance,
    BigInteger claimed,
    Optional<Instant> withdrawRequestedAt,
    BigInteger refundNonce) {}
