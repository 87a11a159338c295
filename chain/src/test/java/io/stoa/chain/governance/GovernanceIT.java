package io.stoa.chain.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.contract.ListingRegistry;
import io.stoa.chain.contract.MarketAuthority;
import io.stoa.chain.contract.MarketGovernor;
import io.stoa.chain.contract.TokenMarket;
import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.contract.VoteEscrow;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.deploy.Deployment;
import io.stoa.chain.deploy.DeploymentPlan;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.registry.RegistryReads;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Call;
import io.stoa.chain.rpc.CallResult;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.send.SendOutcome;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.Wallet;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.token.TokenCalls;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The DAO at work on a chain of its own, through the contracts that a deployment leaves. */
class GovernanceIT {
  private static final BigInteger TOKENS = BigInteger.TEN.pow(18);
  private static final BigInteger PRICE = BigInteger.valueOf(1_000_000);
  private static final BigInteger YEAR = BigInteger.valueOf(13);
  private static final BigInteger AGAINST = BigInteger.ZERO;
  private static final BigInteger FOR = BigInteger.ONE;
  private static final BigInteger DEFEATED = BigInteger.valueOf(3);
  private static final String REASON = "Three percent of resales for the treasury";
  private static final Bytes32 BALLOT =
      Keccak.hash("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
  private static final Bytes32 SHA256 = Bytes32.parse("0x" + "6".repeat(64));

  private final Anvil anvil = Anvil.start();
  private final Rpc rpc = anvil.rpc();
  private final Wallet founder = new Wallet(rpc, Anvil.RICH, SendPolicy.standard());
  private final SigningKey voter = anvil.account(901, TOKENS);

  private AddressBook book;
  private Address token;
  private Address escrow;
  private Address governor;
  private Address market;
  private Address treasury;

  @BeforeEach
  void deploy() {
    book =
        new Deployment(rpc, founder, _ -> {})
            .deploy(DeploymentPlan.development(founder.address(), Anvil.GUARDIAN));
    token = book.marketToken();
    escrow = at(AddressBook.VOTE_ESCROW);
    governor = at(AddressBook.MARKET_GOVERNOR);
    market = at(AddressBook.TOKEN_MARKET);
    treasury = at(AddressBook.MARKET_TIMELOCK);
    send(founder, token, TokenCalls.transfer(voter.address(), tokens(30_000_000)));
  }

  @AfterEach
  void close() {
    rpc.close();
    anvil.close();
  }

  @Test
  void aPassedFeeChangeIsPaidByTheNextOrder() {
    // Given: two members who locked for a year
    lock(founder, tokens(40_000_000));
    lock(new Wallet(rpc, voter, SendPolicy.standard()), tokens(30_000_000));
    var change = new Decision(market, TokenMarket.getABI_setFee(treasury.toString(), bps(300)));

    // When: one votes by transaction, the other by a signature that somebody else submits
    var proposal = propose(change);
    pass(Duration.ofSeconds(2));
    send(founder, governor, Bytes.parse(MarketGovernor.getABI_castVote(proposal, FOR)));
    send(founder, governor, ballot(proposal, FOR));
    pass(Duration.ofDays(5));
    send(founder, governor, change.queue());
    pass(Duration.ofMinutes(2));
    send(founder, governor, change.execute());

    // Then
    assertThat(feeOfTheNextOrder()).isEqualTo(PRICE.multiply(bps(300)).divide(bps(10_000)));
  }

  @Test
  void aProposalWithoutAMarginOfTenPercentDoesNotPass() {
    // Given: 37 million against 33
    lock(founder, tokens(37_000_000));
    send(founder, token, TokenCalls.transfer(voter.address(), tokens(3_000_000)));
    lock(new Wallet(rpc, voter, SendPolicy.standard()), tokens(33_000_000));
    var change = new Decision(market, TokenMarket.getABI_setFee(treasury.toString(), bps(300)));

    // When
    var proposal = propose(change);
    pass(Duration.ofSeconds(2));
    send(founder, governor, Bytes.parse(MarketGovernor.getABI_castVote(proposal, FOR)));
    send(founder, governor, ballot(proposal, AGAINST));
    pass(Duration.ofDays(5));

    // Then
    assertThat(number(governor, MarketGovernor.getABI_state(proposal))).isEqualTo(DEFEATED);
    assertThat(tried(governor, change.queue())).isInstanceOf(CallResult.Reverted.class);
  }

  @Test
  void aProposalThatMissesItsQuorumDoesNotPass() {
    // Given: all power there is, but less than two percent of all tokens even doubled
    lock(founder, tokens(9_000_000));
    var change = new Decision(market, TokenMarket.getABI_setFee(treasury.toString(), bps(300)));

    // When
    var proposal = propose(change);
    pass(Duration.ofSeconds(2));
    send(founder, governor, Bytes.parse(MarketGovernor.getABI_castVote(proposal, FOR)));
    pass(Duration.ofDays(5));

    // Then
    assertThat(number(governor, MarketGovernor.getABI_state(proposal))).isEqualTo(DEFEATED);
  }

  @Test
  void whatTheGuardianClosedStillPaysOut() {
    // Given
    lock(founder, tokens(1_000));
    var guardian = Anvil.GUARDIAN.toString();
    anvil.fund(Anvil.GUARDIAN, TOKENS);
    anvil.ask("anvil_impersonateAccount", guardian);
    anvil.ask(
        "eth_sendTransaction",
        Map.of(
            "from", guardian,
            "to", book.marketAuthority().toString(),
            "data", MarketAuthority.getABI_close(escrow.toString())));
    anvil.mine();

    // When
    var another = tried(escrow, Bytes.parse(VoteEscrow.getABI_lock(tokens(1), YEAR)));
    pass(Duration.ofDays(400));
    var before = number(token, UsdCoin.getABI_balanceOf(founder.address().toString()));
    send(founder, escrow, Bytes.parse(VoteEscrow.getABI_withdraw()));

    // Then
    assertThat(another).isInstanceOf(CallResult.Reverted.class);
    assertThat(number(token, UsdCoin.getABI_balanceOf(founder.address().toString())))
        .isEqualTo(before.add(tokens(1_000)));
  }

  /** One call, as the governor knows it. */
  private record Decision(Address target, String call) {
    Bytes propose() {
      return Bytes.parse(MarketGovernor.getABI_propose(targets(), values(), calls(), REASON));
    }

    Bytes queue() {
      return Bytes.parse(MarketGovernor.getABI_queue(targets(), values(), calls(), reason()));
    }

    Bytes execute() {
      return Bytes.parse(
          MarketGovernor.getABI_execute(targets(), values(), calls(), reason(), BigInteger.ZERO));
    }

    String id() {
      return MarketGovernor.getABI_getProposalId(targets(), values(), calls(), reason());
    }

    private List<String> targets() {
      return List.of(target.toString());
    }

    private static List<BigInteger> values() {
      return List.of(BigInteger.ZERO);
    }

    private List<byte[]> calls() {
      return List.of(Bytes.parse(call).toBytes());
    }

    private static byte[] reason() {
      return Keccak.hash(REASON).toBytes();
    }
  }

  private void lock(Wallet member, BigInteger amount) {
    send(member, token, Bytes.parse(UsdCoin.getABI_approve(escrow.toString(), amount)));
    send(member, escrow, Bytes.parse(VoteEscrow.getABI_lock(amount, YEAR)));
    pass(Duration.ofSeconds(1));
  }

  private BigInteger propose(Decision decision) {
    send(founder, governor, decision.propose());
    return number(governor, decision.id());
  }

  private Bytes ballot(BigInteger proposal, BigInteger support) {
    var domain = new Eip712.Domain("Stoa", "1", Anvil.CHAIN, governor);
    var digest =
        Eip712.digest(
            domain.separator(),
            Eip712.hashStruct(
                BALLOT,
                Abi.word(proposal),
                Abi.word(support),
                Abi.word(voter.address()),
                Abi.word(0)));
    return Bytes.parse(
        MarketGovernor.getABI_castVoteBySig(
            proposal, support, voter.address().toString(), voter.sign(digest).toBytes()));
  }

  /** What the treasury is owed for the sale of a title. */
  private BigInteger feeOfTheNextOrder() {
    var dollar = book.usdCoin();
    var registry = book.listingRegistry();
    var seller = new Provider.Unnamed(founder.address());
    var service = new ServiceName("minilm");
    var publication =
        new RegistryCalls(Anvil.CHAIN, registry)
            .publish(
                seller,
                service,
                ListingKind.MODEL,
                Cid.of(Cid.Codec.RAW, SHA256),
                SHA256,
                SHA256,
                RegistryCalls.everythingToTheOwner());
    send(founder, publication.to(), publication.data());
    var title =
        new RegistryReads(rpc, registry)
            .findListing(seller, service)
            .map(ListingId::value)
            .map(BigInteger::valueOf)
            .orElseThrow();
    send(founder, registry, Bytes.parse(ListingRegistry.getABI_approve(market.toString(), title)));
    send(
        founder,
        market,
        Bytes.parse(
            TokenMarket.getABI_place(
                BigInteger.ZERO,
                title,
                BigInteger.ONE,
                BigInteger.ONE,
                dollar.toString(),
                PRICE,
                BigInteger.valueOf(rpc.head().timestamp() + 1_000))));

    var buyer = new Wallet(rpc, voter, SendPolicy.standard());
    var state = word(registry, ListingRegistry.getABI_stateHash(title));
    send(founder, dollar, TokenCalls.mint(buyer.address(), PRICE));
    send(buyer, dollar, Bytes.parse(UsdCoin.getABI_approve(market.toString(), PRICE)));
    send(
        buyer,
        market,
        Bytes.parse(
            TokenMarket.getABI_fill(
                BigInteger.ONE,
                BigInteger.ONE,
                PRICE,
                state.toBytes(),
                buyer.address().toString())));
    return number(market, TokenMarket.getABI_creditOf(dollar.toString(), treasury.toString()));
  }

  private Address at(String name) {
    return book.find(name).orElseThrow();
  }

  private void send(Wallet from, Address to, Bytes data) {
    var outcome =
        from.send(UnsignedTransaction.call(Anvil.CHAIN, to, data), Duration.ofSeconds(10));
    assertThat(outcome).isInstanceOf(SendOutcome.Mined.class);
  }

  private CallResult tried(Address to, Bytes data) {
    return rpc.call(Call.of(to, data).from(founder.address()), BlockId.LATEST);
  }

  private BigInteger number(Address contract, String call) {
    return word(contract, call).toUnsigned();
  }

  private Bytes32 word(Address contract, String call) {
    return switch (tried(contract, Bytes.parse(call))) {
      case CallResult.Returned(var data) -> Abi.wordAt(data.toBytes(), 0);
      case CallResult.Reverted(var message, _) -> throw new IllegalStateException(message);
    };
  }

  private void pass(Duration time) {
    anvil.ask("evm_increaseTime", time.toSeconds());
    anvil.mine();
  }

  private static BigInteger tokens(long whole) {
    return TOKENS.multiply(BigInteger.valueOf(whole));
  }

  private static BigInteger bps(long value) {
    return BigInteger.valueOf(value);
  }
}
