/**
 * Gets transactions onto the chain: one nonce after the other, written down before they are sent,
 * watched until their end is known.
 */
@NullMarked
package io.stoa.chain.send;

import org.jspecify.annotations.NullMarked;
