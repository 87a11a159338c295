/** What a payment is, and where it can stand. */
@NullMarked
package io.stoa.domain.payment;

import org.jspecify.annotations.NullMarked;
