/** The seller's side for a service of its own: charges requests through a facilitator. */
@NullMarked
package io.stoa.x402.server;

import org.jspecify.annotations.NullMarked;
