/** Payments and receipts: what became of the money, for whoever holds a payment's id. */
@NullMarked
package io.stoa.market.billing;

import org.jspecify.annotations.NullMarked;
