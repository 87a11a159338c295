package io.stoa.persistence.till;

import io.stoa.domain.Bytes32;
import io.stoa.domain.payment.PaymentId;

/**
 * What a name stands for.
 *
 * @param binding the digest of all that was sent under it
 */
public record NamedPayment(Bytes32 binding, PaymentId payment) {}
