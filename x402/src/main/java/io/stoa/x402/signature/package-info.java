/** Whether a payer signed, decided by the kind of its account, as the chain does it. */
@NullMarked
package io.stoa.x402.signature;

import org.jspecify.annotations.NullMarked;
