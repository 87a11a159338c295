/**
 * Scheme {@code batch-settlement}: calls paid out of a channel by vouchers, without the chain. What
 * needs neither a database nor a network.
 */
@NullMarked
package io.stoa.x402.batch;

import org.jspecify.annotations.NullMarked;
