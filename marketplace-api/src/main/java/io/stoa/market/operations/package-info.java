/** What operators look at: health and metrics. */
@NullMarked
package io.stoa.market.operations;

import org.jspecify.annotations.NullMarked;
