/** A development chain of its own on this machine. */
@NullMarked
package io.stoa.local.chain;

import org.jspecify.annotations.NullMarked;
