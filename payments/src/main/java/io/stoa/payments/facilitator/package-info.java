/**
 * The facilitator: says for other servers whether a payment is good. It stands beside the till and
 * has keys of its own.
 */
@NullMarked
package io.stoa.payments.facilitator;

import org.jspecify.annotations.NullMarked;
