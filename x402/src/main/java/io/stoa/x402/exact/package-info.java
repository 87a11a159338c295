/** Scheme {@code exact} with EIP-3009: one signed transfer of the exact price. */
@NullMarked
package io.stoa.x402.exact;

import org.jspecify.annotations.NullMarked;
