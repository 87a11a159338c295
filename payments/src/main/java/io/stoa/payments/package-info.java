/**
 * The till at work: admits payments, keeps answers, settles on the chain, reconciles what a crash
 * left open.
 */
@NullMarked
package io.stoa.payments;

import org.jspecify.annotations.NullMarked;
