package io.stoa.chain.deploy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the market's contracts are. As JSON: {@code {chainId, deploymentBlock, contracts: {Name:
 * address}}}.
 *
 * @param deploymentBlock no contract has logged anything below it
 * @param contracts by the names in {@code contracts/}
 */
public record AddressBook(ChainId chain, long deploymentBlock, Map<String, Address> contracts) {
  public static final String ACCESS_PASS = "AccessPass";
  public static final String ALLOCATION_SALE = "AllocationSale";
  public static final String COMMUNITY_DISTRIBUTOR = "CommunityDistributor";
  public static final String DISPUTE_COURT = "DisputeCourt";
  public static final String GENESIS = "Genesis";
  public static final String JOB_ESCROW = "JobEscrow";
  public static final String LEASE_ESCROW = "LeaseEscrow";
  public static final String LISTING_REGISTRY = "ListingRegistry";
  public static final String LISTING_SHARES = "ListingShares";
  public static final String MARKET_AUTHORITY = "MarketAuthority";
  public static final String MARKET_GOVERNOR = "MarketGovernor";
  public static final String MARKET_TIMELOCK = "MarketTimelock";
  public static final String MARKET_TOKEN = "MarketToken";
  public static final String PAYMENT_CHANNELS = "PaymentChannels";
  public static final String PRICE_ORACLE = "PriceOracle";
  public static final String PROTOCOL_FEES = "ProtocolFees";
  public static final String PROVIDER_BOND = "ProviderBond";
  public static final String REVENUE_DISTRIBUTOR = "RevenueDistributor";
  public static final String REVENUE_SPLITTER = "RevenueSplitter";
  public static final String TOKEN_MARKET = "TokenMarket";
  public static final String USAGE_ANCHOR = "UsageAnchor";
  public static final String USD_COIN = "UsdCoin";
  public static final String VOTE_ESCROW = "VoteEscrow";

  public AddressBook {
    contracts = Map.copyOf(contracts);
  }

  /** Whom the restricted functions of all contracts ask. */
  public Address marketAuthority() {
    return get(MARKET_AUTHORITY);
  }

  /** What members lock, and share revenue and vote with. */
  public Address marketToken() {
    return get(MARKET_TOKEN);
  }

  public Address listingRegistry() {
    return get(LISTING_REGISTRY);
  }

  /** The code that every splitter runs; it belongs to no listing itself. */
  public Address revenueSplitter() {
    return get(REVENUE_SPLITTER);
  }

  /** The dollar token of this chain: Circle's, or on development chains our own. */
  public Address usdCoin() {
    return get(USD_COIN);
  }

  /** Empty for a contract that is not part of this market, or not on this chain. */
  public Optional<Address> find(String name) {
    return Optional.ofNullable(contracts.get(name));
  }

  private Address get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("the address book has no " + name));
  }

  /** Empty if there is no such file; fails if it cannot be read as an address book. */
  public static Optional<AddressBook> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var json = new JsonMapper().readTree(file.toFile());
    var contracts = new TreeMap<String, Address>();
    for (var entry : json.path("contracts").properties()) {
      contracts.put(entry.getKey(), Address.parse(entry.getValue().asText()));
    }
    return Optional.of(
        new AddressBook(
            new ChainId(json.path("chainId").asLong()),
            json.path("deploymentBlock").asLong(),
            contracts));
  }

  /** Writes all of it or nothing. */
  public void write(Path file) throws IOException {
    var mapper = new JsonMapper();
    var json = mapper.createObjectNode();
    json.put("chainId", chain.value()).put("deploymentBlock", deploymentBlock);
    var names = json.putObject("contracts");
    new TreeMap<>(contracts).forEach((name, address) -> names.put(name, address.toString()));
    var whole = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(
        whole, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
