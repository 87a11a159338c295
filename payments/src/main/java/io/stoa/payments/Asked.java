package io.stoa.payments;

import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import java.time.Duration;

/**
 * What a payer was asked for.
 *
 * @param option of scheme {@code upto} with the ceiling
 * @param domain of the token that is asked for
 * @param room how long the authorization must still be good
 */
record Asked(PaymentRequirements option, TokenDomain domain, Duration room) {}
