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
import io.stoa.chain.token.DropList;
import io.stoa.chain.token.TokenCalls;
import io.stoa.chain.token.TokenReads;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.process.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Puts the contracts on a local chain, test dollars into the buyers' wallets and market tokens into
 * the members'; what is there already stays as it is. All development wallets have gas from the
 * chain's first block on.
 *
 * @param addressBook where the addresses are written
 */
record Deployment(LocalChain chain, Path addressBook) {
  /** Ten thousand dollars: ten million calls of the demo model. */
  private static final BigInteger BUYERS_DOLLARS = BigInteger.valueOf(10_000_000_000L);

  /** Ten million market tokens: enough to propose, and for a quorum of two members. */
  private static final BigInteger MEMBERS_TOKENS = BigInteger.TEN.pow(25);

  /** What each member may claim from the community's part besides. */
  private static final BigInteger MEMBERS_DROP = BigInteger.TEN.pow(24);

  private static final Instant END_OF_DROP = Instant.parse("2100-01-01T00:00:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Blocks until everything is mined. */
  AddressBook ensure() {
    var deployer = wallet("deployer");
    try (var rpc = Rpc.connect(RpcSettings.of(chain.rpc()))) {
      var sender = new Wallet(rpc, deployer.key(), SendPolicy.standard());
      var deployment = new io.stoa.chain.deploy.Deployment(rpc, sender, _ -> {});
      var quick =
          DeploymentPlan.development(deployer.address(), wallet("operator").address())
              .with(new DeploymentPlan.Panel(members(), 3));
      var plan = chain.id().equals(LocalChain.ID) ? quick : quick.unhurried();
      var token = deployment.deploy(plan).marketToken();
      var drop = drop(chain.id(), token);
      var contracts =
          deployment.deploy(plan.with(new DeploymentPlan.Drop(drop.root(), END_OF_DROP)));
      var balances = new Balances(rpc, chain.id(), sender);
      for (var wallet : DevelopmentWallet.all()) {
        if (wallet.isBuyer()) {
          balances.mint(contracts.usdCoin(), wallet.address(), BUYERS_DOLLARS);
        }
        if (wallet.isMember()) {
          balances.transfer(token, wallet.address(), MEMBERS_TOKENS);
        }
      }
      var distributor = contracts.find(AddressBook.COMMUNITY_DISTRIBUTOR).orElseThrow();
      balances.transfer(token, distributor, drop.total());
      contracts.write(addressBook);
      return contracts;
    } catch (DeploymentFailed | RpcException e) {
      throw new StartFailure("The contracts cannot be deployed: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DropList drop(ChainId chain, Address token) {
    return new DropList(
        chain,
        token,
        members().stream().map(member -> new DropList.Entry(member, MEMBERS_DROP)).toList());
  }

  private static List<Address> members() {
    return DevelopmentWallet.all().stream()
        .filter(DevelopmentWallet::isMember)
        .map(DevelopmentWallet::address)
        .toList();
  }

  /** Fills empty wallets only: what somebody has spent stays spent. */
  private record Balances(Rpc rpc, ChainId chain, Wallet deployer) {
    void mint(Address token, Address account, BigInteger units) {
      fill(token, account, TokenCalls.mint(account, units));
    }

    void transfer(Address token, Address account, BigInteger units) {
      fill(token, account, TokenCalls.transfer(account, units));
    }

    private void fill(Address token, Address account, Bytes call) {
      boolean isUsed = rpc.nonce(account) > 0 && rpc.code(account).isEmpty();
      if (isUsed || new TokenReads(rpc).balanceOf(token, account, BlockId.LATEST).signum() > 0) {
        return;
      }
      if (!(deployer.send(UnsignedTransaction.call(chain, token, call), PATIENCE)
          instanceof SendOutcome.Mined)) {
        throw new StartFailure("Tokens of " + token + " cannot be given to " + account + ".");
      }
    }
  }

  private static DevelopmentWallet wallet(String name) {
    return DevelopmentWallet.find(name).orElseThrow();
  }
}
