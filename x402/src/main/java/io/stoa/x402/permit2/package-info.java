/** Payments by Permit2, for any ERC-20 token: schemes {@code exact} and {@code upto}. */
@NullMarked
package io.stoa.x402.permit2;

import org.jspecify.annotations.NullMarked;
