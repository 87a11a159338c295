/** Who this node is: its public keys. */
@NullMarked
package io.stoa.market.identity;

import org.jspecify.annotations.NullMarked;
