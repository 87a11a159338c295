/** The marketplace node as a program. */
@NullMarked
package io.stoa.market;

import org.jspecify.annotations.NullMarked;
