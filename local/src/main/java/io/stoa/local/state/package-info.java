/** The directory that holds everything one local market knows. */
@NullMarked
package io.stoa.local.state;

import org.jspecify.annotations.NullMarked;
