package io.stoa.persistence.till;

import java.math.BigInteger;
import java.util.Optional;

/**
 * What a payer could pay at a block, in the token's smallest unit.
 *
 * @param allowance how much of it Permit2 may move; empty for a payment that it does not move
 * @param block the number of that block
 */
public record Funds(BigInteger balance, Optional<BigInteger> allowance, long block) {}
