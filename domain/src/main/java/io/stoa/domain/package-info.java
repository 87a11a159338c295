/** The values every part of Stoa shares, and the failures a caller can act on. */
@NullMarked
package io.stoa.domain;

import org.jspecify.annotations.NullMarked;
