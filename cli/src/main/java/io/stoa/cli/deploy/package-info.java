/** Puts a market on a chain. */
@NullMarked
package io.stoa.cli.deploy;

import org.jspecify.annotations.NullMarked;
