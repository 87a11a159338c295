/** Values of an EVM chain that {@code domain} has no use for. */
@NullMarked
package io.stoa.chain;

import org.jspecify.annotations.NullMarked;
