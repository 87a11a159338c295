package io.stoa.cli.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.RegistryReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.token.TokenReads;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.wallet.ProviderWallet;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.Provider;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Makes a handle the wallet's own, in two transactions: the first shows only a hash, so that nobody
 * who watches the chain can claim the handle in between.
 */
final class HandleClaim {
  private final MarketApi market;
  private final Rpc chain;
  private final ProviderWallet wallet;
  private final Progress progress;

  HandleClaim(MarketApi market, Rpc chain, ProviderWallet wallet, Progress progress) {
    this.market = market;
    this.chain = chain;
    this.wallet = wallet;
    this.progress = progress;
  }

  /** Fails when somebody else has the handle; sends nothing. */
  void refuseIfTaken(Provider.Handle handle) {
    var registry = Address.parse(commitTransaction(Bytes32.ZERO).path("to").asText());
    new RegistryReads(chain, registry)
        .findHandleOwner(handle)
        .ifPresent(owner -> refuseIfTaken(handle, owner));
  }

  /** Does nothing when the wallet has it already. */
  void ensure(Provider.Handle handle) {
    var random = new byte[32];
    new SecureRandom().nextBytes(random);
    var salt = Bytes32.of(random);
    var commitment = RegistryCalls.commitment(handle, wallet.address(), salt);
    var commit = commitTransaction(commitment);
    var registry = Address.parse(commit.path("to").asText());
    var reads = new RegistryReads(chain, registry);
    var owner = reads.findHandleOwner(handle);
    if (owner.isPresent()) {
      refuseIfTaken(handle, owner.get());
      return;
    }
    reads.handleBond().ifPresent(bond -> refuseUnlessAllowed(bond, registry));
    var calls = new RegistryCalls(chain.chainId(), registry);
    progress.step("committing to the handle " + handle);
    wallet.send(commit, calls.commitHandle(commitment));
    await(reads.handleDelay());
    progress.step("claiming the handle " + handle);
    wallet.send(claimTransaction(handle, salt), calls.claimHandle(handle, salt));
  }

  private JsonNode commitTransaction(Bytes32 commitment) {
    return market.post(
        "/v1/transactions/commit-handle",
        JsonNodeFactory.instance
            .objectNode()
            .put("owner", wallet.address().toString())
            .put("commitment", commitment.toString()));
  }

  private JsonNode claimTransaction(Provider.Handle handle, Bytes32 salt) {
    return market.post(
        "/v1/transactions/claim-handle",
        JsonNodeFactory.instance
            .objectNode()
            .put("owner", wallet.address().toString())
            .put("handle", handle.name())
            .put("salt", salt.toString()));
  }

  private void refuseIfTaken(Provider.Handle handle, Address owner) {
    if (!owner.equals(wallet.address())) {
      throw new CommandFailure(
          "The handle %s belongs to %s: choose another.".formatted(handle, owner));
    }
  }

  /** Nothing is approved on the word of a market: whoever publishes does that knowingly. */
  private void refuseUnlessAllowed(RegistryReads.HandleBond bond, Address registry) {
    var allowance =
        new TokenReads(chain).allowance(bond.token(), wallet.address(), registry, BlockId.LATEST);
    if (allowance.compareTo(bond.units()) < 0) {
      throw new CommandFailure(
          ("A handle takes a refundable bond of %s units of token %s: approve them for the registry"
                  + " %s and try again, or publish without --handle.")
              .formatted(bond.units(), bond.token(), registry));
    }
  }

  /** A little longer than the registry asks for: the chain's clock counts whole seconds. */
  private void await(Duration delay) {
    var pause = delay.plusMillis(1_100);
    progress.step(
        "waiting %d s, so that nobody can snatch the handle".formatted(pause.toSeconds()));
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted while waiting to claim the handle.", e);
    }
  }
}
