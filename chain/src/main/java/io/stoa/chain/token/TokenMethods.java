package io.stoa.chain.token;

/**
 * How a token can be moved by its owner's signature alone, as its functions tell.
 *
 * @param transfers are authorized (EIP-3009)
 * @param approvals are permitted (EIP-2612)
 */
public record TokenMethods(boolean transfers, boolean approvals) {}
