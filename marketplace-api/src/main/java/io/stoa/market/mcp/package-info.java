/**
 * Described calls of listings as tools of the Model Context Protocol, paid as in x402 (transport
 * {@code mcp}). Speaks it without sessions: every request may go to another instance.
 */
@NullMarked
package io.stoa.market.mcp;

import org.jspecify.annotations.NullMarked;
