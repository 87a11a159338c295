package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.payment.PaymentId;

/**
 * The right to act on a claimed payment, until somebody claims it anew: then its fence is out of
 * date.
 */
public record Ticket(Address payer, PaymentId id, int fence) {}
