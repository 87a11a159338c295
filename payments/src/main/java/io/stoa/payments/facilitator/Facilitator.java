package io.stoa.payments.facilitator;

import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendLog;
import io.stoa.chain.send.TransactionSender;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.ChainId;
import io.stoa.payments.DepositRelay;
import io.stoa.payments.RpcContractSignatures;
import io.stoa.payments.Settlements;
import io.stoa.x402.batch.BatchVerifier;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.ServerOrders;
import io.stoa.x402.signature.Signers;
import java.time.Clock;
import java.util.Set;

/**
 * The facilitator at work, put together.
 *
 * @param desk verifies and settles
 * @param kinds says what it can
 */
public record Facilitator(FacilitatorDesk desk, Kinds kinds) {

  /**
   * What it serves.
   *
   * @param accepted the tokens that payments are looked at in
   * @param gateway the authorizer of the node's own channels, which are no business of strangers
   */
  public record Terms(ChainId chain, Set<Asset> accepted, Address gateway) {
    public Terms {
      accepted = Set.copyOf(accepted);
    }
  }

  /**
   * @param settlements that {@code sender} settles
   * @param deposits that it relays
   * @param sends the log that it writes
   * @param authorizer signs for channels that trust this facilitator
   */
  public static Facilitator of(
      Settlements settlements,
      DepositRelay deposits,
      Rpc rpc,
      TransactionSender sender,
      SendLog sends,
      SigningKey authorizer,
      Terms terms,
      Clock clock) {
    var tokens = new TokenReads(rpc);
    var channels = new ChannelReads(rpc, ChannelContracts.CHANNELS);
    var check =
        new ChannelCheck(
            channels,
            tokens,
            new BatchVerifier(terms.chain),
            new Signers(new RpcContractSignatures(rpc), Set.of()),
            new Trial(rpc, sender.account()),
            clock);
    return new Facilitator(
        new FacilitatorDesk(
            new Door(terms.chain, new TokenDomains(tokens, terms.accepted)),
            settlements,
            check,
            deposits,
            new ServerOrders(ChannelDigests.of(terms.chain)),
            new ReceiverDesk(
                terms.chain,
                terms.accepted,
                channels,
                new OrderSends(rpc, sender, sends),
                authorizer,
                terms.gateway),
            clock),
        new Kinds(terms.chain, rpc, sender.account(), authorizer.address()));
  }
}
