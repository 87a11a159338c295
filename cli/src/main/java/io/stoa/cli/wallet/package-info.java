/** The user's key, and what it signs. */
@NullMarked
package io.stoa.cli.wallet;

import org.jspecify.annotations.NullMarked;
