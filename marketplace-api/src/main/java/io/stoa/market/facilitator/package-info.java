/** The public facilitator: payments of other servers, verified and settled over HTTP. */
@NullMarked
package io.stoa.market.facilitator;

import org.jspecify.annotations.NullMarked;
