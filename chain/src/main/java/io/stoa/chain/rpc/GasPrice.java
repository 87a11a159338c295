package io.stoa.chain.rpc;

import java.math.BigInteger;

/**
 * What gas costs now (EIP-1559), in wei per gas.
 *
 * @param baseFee of the newest block
 * @param tip what the node suggests to add for the block's proposer
 */
public record GasPrice(BigInteger baseFee, BigInteger tip) {}
