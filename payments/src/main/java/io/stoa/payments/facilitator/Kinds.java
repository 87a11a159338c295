package io.stoa.payments.facilitator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.payments.ChainOutage;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.X402;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.extension.Eip2612GasSponsoring;
import io.stoa.x402.facilitator.SupportedKinds;
import io.stoa.x402.facilitator.SupportedKinds.Kind;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.v1.V1Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds out what can be paid with on this chain: a scheme whose contracts are not there does not
 * work. Blocks.
 *
 * @param sender the account that settles here
 * @param authorizer speaks for receivers of channels that leave it to this facilitator
 */
public record Kinds(ChainId chain, Rpc rpc, Address sender, Address authorizer) {
  private static final List<Address> UPTO = List.of(Permit2.CONTRACT, Permit2.UPTO_PROXY);
  private static final List<Address> CHANNELS =
      List.of(ChannelContracts.CHANNELS, ChannelContracts.ERC3009_COLLECTOR);

  /**
   * Fails with {@link io.stoa.domain.MarketException.Unavailable} when the chain does not answer.
   */
  public SupportedKinds find() {
    var contracts = new ArrayList<>(UPTO);
    contracts.addAll(CHANNELS);
    var codes =
        ChainOutage.unavailable(
            () ->
                rpc.askAll(
                    contracts.stream()
                        .map(contract -> RpcRequest.code(contract, BlockId.LATEST))
                        .toList()));
    return kinds(contract -> !codes.get(contracts.indexOf(contract)).isEmpty());
  }

  private SupportedKinds kinds(Predicate<Address> isThere) {
    var kinds = new ArrayList<Kind>();
    kinds.add(kind(ExactEip3009.SCHEME, HeaderCodec.object()));
    if (UPTO.stream().allMatch(isThere)) {
      kinds.add(
          kind(
              Permit2Payments.UPTO,
              HeaderCodec.object().put("facilitatorAddress", sender.toString())));
    }
    if (CHANNELS.stream().allMatch(isThere)) {
      kinds.add(
          kind(
              ChannelTerms.SCHEME,
              HeaderCodec.object().put("receiverAuthorizer", authorizer.toString())));
    }
    V1Networks.name(chain)
        .ifPresent(
            name ->
                kinds.add(
                    new Kind(X402.VERSION_1, ExactEip3009.SCHEME, name, HeaderCodec.object())));
    return new SupportedKinds(
        kinds, List.of(Eip2612GasSponsoring.KEY), Map.of("eip155:*", List.of(sender.toString())));
  }

  private Kind kind(String scheme, ObjectNode extra) {
    return new Kind(X402.VERSION, scheme, chain.toString(), extra);
  }
}
