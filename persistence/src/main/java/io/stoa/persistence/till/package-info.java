/**
 * The till: payments, answers, receipts and the node's own transactions, durable before a reply
 * leaves.
 */
@NullMarked
package io.stoa.persistence.till;

import org.jspecify.annotations.NullMarked;
