/**
 * The receipts of Stoa's nodes (docs/receipts.md): no part of the protocol, but what both sides of
 * a payment have in common.
 */
@NullMarked
package io.stoa.x402.receipt;

import org.jspecify.annotations.NullMarked;
