package io.stoa.domain.payment;

import io.stoa.domain.BlockRef;
import io.stoa.domain.TxHash;

/**
 * The transaction whose logs prove that the money arrived, whoever sent it, and the block that
 * holds it.
 */
public record Settlement(TxHash transaction, BlockRef block) {}
