/**
 * Paid calls: what is for sale, what a call costs, and the way of a request to its provider and
 * back.
 */
@NullMarked
package io.stoa.market.inference;

import org.jspecify.annotations.NullMarked;
