package io.stoa.chain.deploy;

import static io.stoa.crypto.Abi.word;

import io.stoa.chain.contract.AccessPass;
import io.stoa.chain.contract.AllocationSale;
import io.stoa.chain.contract.CommunityDistributor;
import io.stoa.chain.contract.DisputeCourt;
import io.stoa.chain.contract.Genesis;
import io.stoa.chain.contract.JobEscrow;
import io.stoa.chain.contract.LeaseEscrow;
import io.stoa.chain.contract.ListingRegistry;
import io.stoa.chain.contract.MarketGovernor;
import io.stoa.chain.contract.MarketToken;
import io.stoa.chain.contract.PriceOracle;
import io.stoa.chain.contract.ProtocolFees;
import io.stoa.chain.contract.ProviderBond;
import io.stoa.chain.contract.RevenueDistributor;
import io.stoa.chain.contract.TokenMarket;
import io.stoa.chain.contract.UsageAnchor;
import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.contract.VoteEscrow;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.Wallet;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts a market on a chain and hands it to its DAO. What is there already is left alone: the second
 * run sends nothing and returns the same. Blocks; fails with {@link DeploymentFailed}, or like
 * {@link Rpc}.
 *
 * <p>{@code Genesis} is the only admin until it has given every role to whom it belongs; the same
 * transaction leaves it, and the deployer, with none. Each run has the chain confirm that.
 */
public final class Deployment {
  /** Chains on which our own contracts may stand in for those that others deployed. */
  private static final Set<ChainId> DEVELOPMENT = Set.of(new ChainId(31337), new ChainId(84532));

  /** The longest a dispute can take, by the court's constants. */
  private static final Duration LONGEST_DISPUTE = Duration.ofDays(87);

  private final Rpc rpc;
  private final Wallet deployer;
  private final Consumer<String> progress;

  /**
   * @param deployer pays; owns nothing because of it
   * @param progress is told one sentence for each step
   */
  public Deployment(Rpc rpc, Wallet deployer, Consumer<String> progress) {
    this.rpc = rpc;
    this.deployer = deployer;
    this.progress = progress;
  }

  public AddressBook deploy(DeploymentPlan plan) {
    var chain = rpc.chainId();
    boolean isDevelopment = DEVELOPMENT.contains(chain);
    if (plan.dollar().isEmpty() && !isDevelopment) {
      throw new DeploymentFailed(
          "on " + chain + " the address of the dollar token must be given: it is no test chain");
    }
    var placement = new Placement(rpc, chain, deployer, progress);
    for (var contract : CanonicalContracts.values()) {
      contract.settle(placement, isDevelopment);
    }
    plan.dollar()
        .ifPresentOrElse(
            dollar -> placement.adopt(AddressBook.USD_COIN, dollar),
            () -> placement.place(AddressBook.USD_COIN, UsdCoin.BINARY, word(plan.minter())));
    placeMarket(placement, plan);
    new Handover(placement, progress).to(plan);
    return new AddressBook(
        chain, firstBlockOf(placement.at(AddressBook.LISTING_REGISTRY)), placement.contracts());
  }

  private void placeMarket(Placement into, DeploymentPlan plan) {
    var genesis =
        into.place(
            AddressBook.GENESIS,
            Genesis.BINARY,
            word(deployer.address()),
            word(plan.guardianTerm().toSeconds()),
            word(plan.voting().timelock().toSeconds()));
    var authority = into.found(AddressBook.MARKET_AUTHORITY, genesis, Genesis.getABI_AUTHORITY());
    var timelock = into.found(AddressBook.MARKET_TIMELOCK, genesis, Genesis.getABI_TIMELOCK());

    var token = into.place(AddressBook.MARKET_TOKEN, MarketToken.BINARY, word(plan.tokenHolder()));
    plan.drop()
        .ifPresent(
            drop ->
                into.place(
                    AddressBook.COMMUNITY_DISTRIBUTOR,
                    CommunityDistributor.BINARY,
                    word(token),
                    drop.root(),
                    word(drop.deadline().getEpochSecond()),
                    word(timelock)));

    var registry =
        into.place(
            AddressBook.LISTING_REGISTRY,
            ListingRegistry.BINARY,
            word(authority),
            word(plan.names().delay().toSeconds()));
    into.found(AddressBook.REVENUE_SPLITTER, registry, ListingRegistry.getABI_SPLITTER());
    into.found(AddressBook.LISTING_SHARES, registry, ListingRegistry.getABI_SHARES());
    var passes =
        into.place(AddressBook.ACCESS_PASS, AccessPass.BINARY, word(authority), word(registry));
    into.place(
        AddressBook.TOKEN_MARKET,
        TokenMarket.BINARY,
        word(authority),
        word(registry),
        word(passes));

    var escrow =
        into.place(
            AddressBook.VOTE_ESCROW,
            VoteEscrow.BINARY,
            word(authority),
            word(token),
            word(plan.lockMinimum()));
    var distributor =
        into.place(
            AddressBook.REVENUE_DISTRIBUTOR, RevenueDistributor.BINARY, word(escrow), word(token));
    var fees =
        into.place(
            AddressBook.PROTOCOL_FEES,
            ProtocolFees.BINARY,
            word(authority),
            word(distributor),
            word(token),
            word(timelock));
    into.place(AddressBook.ALLOCATION_SALE, AllocationSale.BINARY, word(authority), word(escrow));

    var governor =
        into.place(
            AddressBook.MARKET_GOVERNOR,
            MarketGovernor.BINARY,
            word(escrow),
            word(token),
            word(timelock),
            word(authority),
            word(plan.voting().delay().toSeconds()),
            word(plan.voting().period().toSeconds()),
            word(plan.voting().extension().toSeconds()),
            word(plan.voting().threshold()));
    var court =
        into.place(
            AddressBook.DISPUTE_COURT,
            DisputeCourt.BINARY,
            word(authority),
            word(governor),
            word(registry),
            word(plan.disputes().evidence().toSeconds()),
            word(plan.disputes().ruling().toSeconds()),
            word(plan.disputes().appeal().toSeconds()),
            word(plan.disputes().margin().toSeconds()),
            word(plan.disputes().bond().value()));
    into.place(
        AddressBook.PROVIDER_BOND,
        ProviderBond.BINARY,
        word(authority),
        word(token),
        word(registry),
        word(court));
    into.place(
        AddressBook.LEASE_ESCROW,
        LeaseEscrow.BINARY,
        word(authority),
        word(registry),
        word(court),
        word(LONGEST_DISPUTE.toSeconds()));
    into.place(
        AddressBook.JOB_ESCROW,
        JobEscrow.BINARY,
        word(authority),
        word(registry),
        word(court),
        word(plan.acceptance().toSeconds()),
        word(LONGEST_DISPUTE.toSeconds()),
        word(fees),
        word(0));
    into.place(AddressBook.PRICE_ORACLE, PriceOracle.BINARY, word(authority));
    into.place(AddressBook.USAGE_ANCHOR, UsageAnchor.BINARY);
  }

  /** The registry names its authority when it is created: that is its first log. */
  private long firstBlockOf(Address registry) {
    return rpc.logs(LogFilter.of(registry), 0, rpc.head().number()).stream()
        .map(Log::block)
        .findFirst()
        .orElseThrow(() -> new DeploymentFailed("the registry's first log cannot be found"))
        .number();
  }
}
