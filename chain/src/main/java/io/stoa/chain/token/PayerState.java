package io.stoa.chain.token;

import java.math.BigInteger;

/**
 * What decides whether an EIP-3009 authorization can be settled, all at one block.
 *
 * @param balance of the payer, in atomic units
 * @param authorizationUsed whether the nonce is used up: by a transfer or by a cancellation
 * @param payerHasCode unlike an account that signs with its key alone
 * @param assetHasCode unless there is no token at that address
 */
public record PayerState(
    BigInteger balance, boolean authorizationUsed, boolean payerHasCode, boolean assetHasCode) {}
