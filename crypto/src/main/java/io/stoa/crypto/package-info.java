/** Keccak, secp256k1, Ed25519, EIP-712 and ABI words: pure functions, no I/O. */
@NullMarked
package io.stoa.crypto;

import org.jspecify.annotations.NullMarked;
