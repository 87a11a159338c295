/** Programs that live longer than the one that starts them. */
@NullMarked
package io.stoa.local.process;

import org.jspecify.annotations.NullMarked;
