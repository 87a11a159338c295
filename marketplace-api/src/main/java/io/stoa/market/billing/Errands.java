package io.stoa.market.billing;

import io.stoa.chain.send.TransactionSender;
import java.util.Optional;

/**
 * Settlements for other servers, which the node's own accounts never pay gas for.
 *
 * @param sender who does; empty where nobody does
 */
public record Errands(Optional<TransactionSender> sender) {}
