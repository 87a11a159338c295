/** {@code ./stoa verify}: checks a receipt without trusting the node that issued it. */
@NullMarked
package io.stoa.cli.verify;

import org.jspecify.annotations.NullMarked;
