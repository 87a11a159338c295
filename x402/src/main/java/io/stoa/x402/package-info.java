/**
 * The x402 payment protocol, version 2: its messages, strictly read, and the rules that match them.
 */
@NullMarked
package io.stoa.x402;

import org.jspecify.annotations.NullMarked;
