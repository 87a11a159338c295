/** The buyer's side: reads an offer, decides whether to pay it, signs. */
@NullMarked
package io.stoa.x402.client;

import org.jspecify.annotations.NullMarked;
