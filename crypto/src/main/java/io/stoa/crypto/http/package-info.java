/**
 * HTTP message signatures (RFC 9421) with Ed25519 over whole requests: how a provider knows that a
 * request comes from a node it trusts, and arrived as it was sent.
 */
@NullMarked
package io.stoa.crypto.http;

import org.jspecify.annotations.NullMarked;
