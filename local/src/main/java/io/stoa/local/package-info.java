/** A whole market on one machine: what {@code ./stoa up} and {@code ./stoa down} run. */
@NullMarked
package io.stoa.local;

import org.jspecify.annotations.NullMarked;
