/**
 * Version 1 of the protocol, beside version 2 on the same route: other messages for the same
 * payment by scheme {@code exact} and EIP-3009.
 */
@NullMarked
package io.stoa.x402.v1;

import org.jspecify.annotations.NullMarked;
