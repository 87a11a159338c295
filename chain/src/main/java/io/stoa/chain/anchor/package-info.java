/** The contract that keeps the roots over receipts, read and called. */
@NullMarked
package io.stoa.chain.anchor;

import org.jspecify.annotations.NullMarked;
