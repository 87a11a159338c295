package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Usage;

/**
 * What a provider gave for a payment.
 *
 * @param bodySha256 of the answer's body
 * @param usage by which it was priced; nothing when the price is fixed
 */
public record Delivery(Bytes32 bodySha256, Usage usage) {}
