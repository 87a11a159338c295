package io.stoa.persistence.till;

import io.stoa.domain.BlockRef;
import io.stoa.domain.payment.Payment;

/** That a payment was SETTLED or came to nothing, by the block that showed it. */
public record Decision(Payment payment, BlockRef decidedBy) {}
