/** The node's own keys, and the files that hold them. */
@NullMarked
package io.stoa.chain.keys;

import org.jspecify.annotations.NullMarked;
