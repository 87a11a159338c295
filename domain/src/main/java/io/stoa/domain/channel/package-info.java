/** Payment channels (x402 scheme {@code batch-settlement}): what they are, and what they owe. */
@NullMarked
package io.stoa.domain.channel;

import org.jspecify.annotations.NullMarked;
