package io.stoa.payments;

import io.stoa.chain.rpc.Rpc;
import io.stoa.x402.ChainReads;
import io.stoa.x402.ContractSignatures;
import io.stoa.x402.Permit2Reads;

/** What verification asks of the chain, answered by its nodes. */
public record ChainPorts(
    ChainReads transfers, Permit2Reads permits, ContractSignatures signatures) {

  public static ChainPorts of(Rpc rpc) {
    return new ChainPorts(
        new RpcChainReads(rpc), new RpcPermit2Reads(rpc), new RpcContractSignatures(rpc));
  }
}
