package io.stoa.chain.rpc;

import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A transaction that the node knows.
 *
 * @param to empty if it creates a contract
 * @param block empty while it waits to be mined
 */
public record ChainTransaction(
    TxHash hash,
    Address from,
    Optional<Address> to,
    long nonce,
    BigInteger value,
    Bytes input,
    Optional<BlockRef> block) {}
