package io.stoa.local;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.DeploymentFailed;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.token.TokenCalls;
import io.stoa.chain.token.TokenReads;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.domain.Address;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.process.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Puts the contracts on a local chain and test dollars into the buyers' wallets; what is there
 * already stays as it is. All development wallets have gas from the chain's first block on.
 *
 * @param addressBook where the addresses are written
 */
record Deployment(LocalChain chain, Path addressBook) {
  /** Ten thousand dollars: ten million calls of the demo model. */
  private static final BigInteger BUYERS_DOLLARS = BigInteger.valueOf(10_000_000_000L);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Blocks until everything is mined. */
  AddressBook ensure() {
    var deployer = wallet("deployer");
    try (var rpc = Rpc.connect(RpcSettings.of(chain.rpc()))) {
      var sender = new Wallet(rpc, deployer.key(), SendPolicy.standard());
      var contracts =
          new io.stoa.chain.deploy.Deployment(rpc, sender, _ -> {})
              .deploy(DeploymentPlan.development(deployer.address()));
      for (var wallet : DevelopmentWallet.all()) {
        if (wallet.isBuyer()) {
          fund(rpc, sender, contracts.usdCoin(), wallet.address());
        }
      }
      contracts.write(addressBook);
      return contracts;
    } catch (DeploymentFailed | RpcException e) {
      throw new StartFailure("The contracts cannot be deployed: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Only an empty wallet: what a buyer has spent stays spent. */
  private static void fund(Rpc rpc, Wallet minter, Address dollar, Address buyer) {
    if (new TokenReads(rpc).balanceOf(dollar, buyer, BlockId.LATEST).signum() > 0) {
      return;
    }
    var mint = TokenCalls.mint(buyer, BUYERS_DOLLARS);
    if (!(minter.send(UnsignedTransaction.call(LocalChain.ID, dollar, mint), PATIENCE)
        instanceof SendOutcome.Mined)) {
      throw new StartFailure("Test dollars cannot be minted for " + buyer + ".");
    }
  }

  private static DevelopmentWallet wallet(String name) {
    return DevelopmentWallet.find(name).orElseThrow();
  }
}
