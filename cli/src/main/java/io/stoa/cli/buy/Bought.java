package io.stoa.cli.buy;

import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.domain.payment.PaymentId;
import java.util.Optional;

/**
 * A delivered and paid answer.
 *
 * @param body of the provider's answer
 * @param tokenName as the market names it, for people
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to be printed, never compared
record Bought(
    byte[] body,
    TokenAmount price,
    String tokenName,
    PaymentId payment,
    Optional<TxHash> transaction) {}
