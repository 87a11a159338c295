/** The market from a terminal: a client of its public API, of the chain, and of nothing else. */
@NullMarked
package io.stoa.cli;

import org.jspecify.annotations.NullMarked;
