/** A real chain, a node that misbehaves, and the contract of a send log: for tests only. */
@NullMarked
package io.stoa.chain.testing;

import org.jspecify.annotations.NullMarked;
