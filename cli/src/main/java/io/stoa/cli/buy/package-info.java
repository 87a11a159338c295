/** One call to a listing, paid for. */
@NullMarked
package io.stoa.cli.buy;

import org.jspecify.annotations.NullMarked;
