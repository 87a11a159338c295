package io.stoa.chain.deploy;

import io.stoa.chain.contract.DisputeCourt;
import io.stoa.chain.contract.Genesis;
import io.stoa.chain.contract.ListingRegistry;
import io.stoa.chain.contract.MarketAuthority;
import io.stoa.chain.contract.TokenMarket;
import io.stoa.crypto.Abi;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sets the first parameters of a market that was placed, and gives every role to whom it belongs:
 * one transaction, after which neither its sender nor {@code Genesis} can do anything any more.
 */
final class Handover {
  private final Placement placement;
  private final Consumer<String> progress;

  Handover(Placement placement, Consumer<String> progress) {
    this.placement = placement;
    this.progress = progress;
  }

  /** Sends nothing if it was done before. Fails if any role is where it must not be. */
  void to(DeploymentPlan plan) {
    var genesis = placement.at(AddressBook.GENESIS);
    var market = market();
    var guardian = plan.guardian().toString();
    if (!isDone()) {
      placement.send(
          "handing the market to its DAO",
          genesis,
          Bytes.parse(Genesis.getABI_wire(market, guardian, settings(plan))));
      progress.accept("the market is in the hands of its DAO");
    }
    placement.read("verifying the roles", genesis, Genesis.getABI_verify(market, guardian));
    progress.accept("every role is where it belongs; the deployer has none");
  }

  /** Whether Genesis has given its own role away already. */
  private boolean isDone() {
    var answer =
        placement.read(
            "asking for the admin",
            placement.at(AddressBook.MARKET_AUTHORITY),
            MarketAuthority.getABI_hasRole(
                BigInteger.ZERO, placement.at(AddressBook.GENESIS).toString()));
    return !Abi.wordAt(answer.toBytes(), 0).toUnsigned().testBit(0);
  }

  private List<Genesis.Setting> settings(DeploymentPlan plan) {
    var settings = new ArrayList<Genesis.Setting>();
    var token = placement.at(AddressBook.MARKET_TOKEN).toString();
    var fees = placement.at(AddressBook.PROTOCOL_FEES).toString();

    var registry = placement.at(AddressBook.LISTING_REGISTRY);
    if (!plan.names().reserved().isEmpty()) {
      settings.add(
          setting(registry, ListingRegistry.getABI_setReserved(plan.names().reserved(), true)));
    }
    settings.add(
        setting(registry, ListingRegistry.getABI_setHandleBond(token, plan.names().bond())));
    settings.add(
        setting(
            registry,
            ListingRegistry.getABI_setProtocolFee(fees, units(plan.protocolFee().value()))));

    var market = placement.at(AddressBook.TOKEN_MARKET);
    settings.add(setting(market, TokenMarket.getABI_setFee(fees, units(plan.marketFee().value()))));
    for (var asset : List.of(placement.at(AddressBook.USD_COIN).toString(), token)) {
      settings.add(setting(market, TokenMarket.getABI_setPaymentToken(asset, true)));
    }

    var court = placement.at(AddressBook.DISPUTE_COURT);
    for (var subject :
        List.of(AddressBook.JOB_ESCROW, AddressBook.LEASE_ESCROW, AddressBook.PROVIDER_BOND)) {
      settings.add(
          setting(court, DisputeCourt.getABI_setSubject(placement.at(subject).toString(), true)));
    }
    plan.panel()
        .ifPresent(
            panel ->
                settings.add(
                    setting(
                        court,
                        DisputeCourt.getABI_setPanel(
                            panel.members().stream().map(Address::toString).toList(),
                            units(panel.threshold())))));
    return settings;
  }

  private static Genesis.Setting setting(Address target, String call) {
    return new Genesis.Setting(target.toString(), Bytes.parse(call).toBytes());
  }

  private static BigInteger units(int value) {
    return BigInteger.valueOf(value);
  }

  private Genesis.Market market() {
    return new Genesis.Market(
        placement.at(AddressBook.LISTING_REGISTRY).toString(),
        placement.at(AddressBook.ACCESS_PASS).toString(),
        placement.at(AddressBook.TOKEN_MARKET).toString(),
        placement.at(AddressBook.VOTE_ESCROW).toString(),
        placement.at(AddressBook.REVENUE_DISTRIBUTOR).toString(),
        placement.at(AddressBook.PROTOCOL_FEES).toString(),
        placement.at(AddressBook.ALLOCATION_SALE).toString(),
        placement.at(AddressBook.PROVIDER_BOND).toString(),
        placement.at(AddressBook.DISPUTE_COURT).toString(),
        placement.at(AddressBook.LEASE_ESCROW).toString(),
        placement.at(AddressBook.JOB_ESCROW).toString(),
        placement.at(AddressBook.PRICE_ORACLE).toString(),
        placement.at(AddressBook.MARKET_GOVERNOR).toString());
  }
}
