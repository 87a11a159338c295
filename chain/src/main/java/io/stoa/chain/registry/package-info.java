/** The listing registry in the market's words: its events, its calls, its reads. */
@NullMarked
package io.stoa.chain.registry;

import org.jspecify.annotations.NullMarked;
