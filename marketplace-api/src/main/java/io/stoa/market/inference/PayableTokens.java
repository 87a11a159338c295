package io.stoa.market.inference;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.permit2.Permit2;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The accepted tokens, each as the chain describes it: asked once. Blocks when it has to ask. */
final class PayableTokens {
  private static final System.Logger LOG = System.getLogger(PayableTokens.class.getName());

  /** Permit2, and everything here that spends by it. */
  private static final List<Address> PERMIT2 =
      List.of(
          Permit2.CONTRACT,
          Permit2.EXACT_PROXY,
          Permit2.UPTO_PROXY,
          ChannelContracts.PERMIT2_COLLECTOR);

  private final Rpc rpc;
  private final TokenReads tokens;
  private final AcceptedAssets accepted;
  private final Map<Asset, PayableToken> known = new HashMap<>();

  PayableTokens(Rpc rpc, AcceptedAssets accepted) {
    this.rpc = rpc;
    this.tokens = new TokenReads(rpc);
    this.accepted = accepted;
  }

  /**
   * Empty for a token that is not accepted, or that its chain does not describe. Fails with {@link
   * RpcUnavailable} when the chain does not answer.
   */
  Optional<PayableToken> find(Asset asset) {
    if (!accepted.contains(asset)) {
      return Optional.empty();
    }
    var token = known.get(asset);
    return token == null ? read(asset) : Optional.of(token);
  }

  private Optional<PayableToken> read(Asset asset) {
    try {
      var contract = asset.token();
      var token =
          new PayableToken(
              TokenDomain.of(asset, tokens.name(contract), tokens.version(contract)),
              tokens.methods(contract),
              isPermit2Ready());
      known.put(asset, token);
      return Optional.of(token);
    } catch (RpcRefused unreadable) {
      LOG.log(WARNING, "token cannot be paid with: " + asset, unreadable);
      return Optional.empty();
    }
  }

  private boolean isPermit2Ready() {
    var codes =
        PERMIT2.stream().map(contract -> RpcRequest.code(contract, BlockId.LATEST)).toList();
    return rpc.askAll(codes).stream().noneMatch(code -> code.isEmpty());
  }
}
