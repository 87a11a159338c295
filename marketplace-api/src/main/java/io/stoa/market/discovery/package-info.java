/**
 * What this node sells, for catalogues and agents: the bazaar of x402, fed from the shelf that 402s
 * are made of.
 */
@NullMarked
package io.stoa.market.discovery;

import org.jspecify.annotations.NullMarked;
