/** The extensions of the protocol: what a 402 advertises beside the price, and what comes back. */
@NullMarked
package io.stoa.x402.extension;

import org.jspecify.annotations.NullMarked;
