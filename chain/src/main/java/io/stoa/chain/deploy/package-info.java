/** Puts the market's contracts on a chain, and finds them there again. */
@NullMarked
package io.stoa.chain.deploy;

import org.jspecify.annotations.NullMarked;
