/** The public HTTP interface of a market, as its clients see it. */
@NullMarked
package io.stoa.cli.api;

import org.jspecify.annotations.NullMarked;
