/** The contract of payment channels (x402 {@code batch-settlement}), read and called. */
@NullMarked
package io.stoa.chain.channel;

import org.jspecify.annotations.NullMarked;
