package io.stoa.market.inference;

import io.stoa.chain.token.TokenMethods;
import io.stoa.x402.exact.TokenDomain;

/**
 * What a node must know of a token to ask for it.
 *
 * @param methods by which its owners can move it
 * @param isPermit2Ready whether all contracts are there by which Permit2 moves it
 */
record PayableToken(TokenDomain domain, TokenMethods methods, boolean isPermit2Ready) {}
