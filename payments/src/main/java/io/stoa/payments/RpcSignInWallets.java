package io.stoa.payments;

import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.domain.BlockRef;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.x402.ContractSignatures.Question;
import io.stoa.x402.extension.SignInWallets;
import io.stoa.x402.signature.Erc6492;
import io.stoa.x402.signature.PayerSignature;
import java.util.Optional;

/** Asks the accounts of one chain. Wallets that do not exist yet are not asked. */
public final class RpcSignInWallets implements SignInWallets {
  private final Rpc rpc;
  private final ChainId chain;

  public RpcSignInWallets(Rpc rpc, ChainId chain) {
    this.rpc = rpc;
    this.chain = chain;
  }

  @Override
  public boolean accepts(ChainId asked, PayerSignature signature) {
    var question =
        new Question(
            signature.payer(),
            signature.digest(),
            Erc6492.unwrapped(signature.bytes()),
            Optional.empty());
    return asked.equals(chain) && new RpcContractSignatures(rpc).accepts(question, head());
  }

  private BlockRef head() {
    try {
      return rpc.head().ref();
    } catch (RpcException failure) {
      throw new MarketException.Unavailable(
          "chain-unavailable", "The chain did not answer.", failure);
    }
  }
}
