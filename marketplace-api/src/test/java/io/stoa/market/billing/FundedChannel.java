package io.stoa.market.billing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.anchor.UsageAnchors;
import io.stoa.chain.channel.ChannelCalls;
import io.stoa.chain.channel.ChannelReads;
import io.stoa.chain.deploy.AddressBook;
import io.stoa.chain.rpc.Finality;
import io.stoa.chain.send.ReceiptWatch;
import io.stoa.chain.send.SendPolicy;
import io.stoa.chain.send.TransactionSender;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.channel.ChannelConfig;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.channel.Voucher;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Unit;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.payments.AnchorWorker;
import io.stoa.payments.PostgresSendLog;
import io.stoa.payments.Receipts;
import io.stoa.persistence.till.ChannelTill;
import io.stoa.persistence.till.Charge;
import io.stoa.persistence.till.Duties;
import io.stoa.persistence.till.Epochs;
import io.stoa.persistence.till.Hold;
import io.stoa.persistence.till.Reservation;
import io.stoa.persistence.till.Sends;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.SignedRead;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.ChannelDigests;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.DepositDigests;
import io.stoa.x402.exact.TokenDomain;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A listing of the wallet {@code provider}, and a channel with money that pays it; calls are
 * charged to it as the gateway does.
 */
final class FundedChannel implements AutoCloseable {
  static final long BALANCE = 1_000_000;
  static final SigningKey OWNER = Surroundings.wallet("provider");

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Bytes32 ANSWER = Bytes32.sha256(new byte[] {1, 2, 3});

  final RunningMarket market;
  final JsonNode listing;
  final SigningKey payer = key("payer");
  final SigningKey authorizer = key("authorizer");
  final ChannelConfig config;
  final ChannelId id;
  final ChannelTill till;
  private final Pool pool;
  private BigInteger promised = BigInteger.ZERO;

  FundedChannel(RunningMarket market) {
    this.market = market;
    this.listing = TestListing.of("ledger-" + System.nanoTime()).in(market);
    var contracts = market.surroundings().contracts();
    this.config =
        new ChannelConfig(
            payer.address(),
            payer.address(),
            Address.parse(listing.path("splitter").asText()),
            authorizer.address(),
            new Asset(contracts.chain(), contracts.usdCoin()),
            900,
            Bytes32.ZERO);
    this.id = ChannelDigests.of(contracts.chain()).channelId(config);
    this.pool = pool(market);
    this.till = new ChannelTill(pool);
    deposit();
    sync();
  }

  private static SigningKey key(String role) {
    return SigningKey.of(Keccak.hash(role + NUMBER.incrementAndGet() + System.nanoTime()));
  }

  private static Pool pool(RunningMarket market) {
    var database = market.surroundings().database();
    return PgBuilder.pool()
        .connectingTo(
            new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(database.port())
                .setDatabase(database.name())
                .setUser(database.user())
                .setPassword(database.password()))
        .build();
  }

  private void deposit() {
    market.surroundings().mint(payer.address(), BigInteger.valueOf(BALANCE));
    var salt = BigInteger.ONE;
    var forever = BigInteger.TWO.pow(40);
    var digest =
        DepositDigests.receive(
            payer.address(),
            BigInteger.valueOf(BALANCE),
            BigInteger.ZERO,
            forever,
            DepositDigests.nonce(id, salt),
            TokenDomain.of(config.asset(), "USD Coin", "2"));
    var authorization =
        new DepositAuthorization.Erc3009(
            BigInteger.ZERO, forever, salt, Bytes.of(payer.sign(digest).toBytes()));
    send(
        Surroundings.wallet("deployer"),
        ChannelContracts.CHANNELS,
        ChannelCalls.deposit(
            config,
            BigInteger.valueOf(BALANCE),
            DepositCalls.collector(authorization),
            DepositCalls.collectorData(authorization)));
  }

  void send(SigningKey wallet, Address to, Bytes data) {
    market.surroundings().send(wallet, UnsignedTransaction.call(config.asset().chain(), to, data));
  }

  /** Lets the till see what the chain shows. */
  void sync() {
    var reads = new ChannelReads(market.surroundings().rpc(), ChannelContracts.CHANNELS);
    till.sync(id, config, reads.read(List.of(id)).getFirst());
  }

  /** One call, paid by a voucher over everything so far. */
  Hold call(long price, long inputTokens) {
    promised = promised.add(BigInteger.valueOf(price));
    var digest = ChannelDigests.of(config.asset().chain()).voucher(id, promised);
    var purchase =
        new Purchase(new ListingId(listing.path("id").longValue()), Bytes32.ZERO, Bytes32.ZERO);
    var request = new RequestDigest("POST", "/x/some/thing", Bytes32.ZERO);
    var reserved =
        till.reserve(
            new Reservation(
                new Voucher(id, promised, Bytes.of(payer.sign(digest).toBytes())),
                BigInteger.valueOf(price),
                new Reservation.Mode.Serial(Optional.empty()),
                purchase,
                request,
                Duration.ofHours(1),
                Duration.ofMinutes(1)));
    var hold = ((Reservation.Outcome.Held) reserved).hold();
    var usage = new Usage(Map.of(Unit.INPUT_TOKEN, inputTokens));
    var receipt =
        new Receipts(Clock.systemUTC())
            .issue(hold, config, purchase, request, ANSWER, BigInteger.valueOf(price), usage);
    till.charge(
        new Charge(
            hold,
            BigInteger.valueOf(price),
            Map.of(Unit.INPUT_TOKEN.key(), inputTokens),
            ANSWER,
            receipt));
    return hold;
  }

  /** A round like those of the node, of epochs that last a second. */
  void anchorReceipts() {
    var surroundings = market.surroundings();
    var contracts = surroundings.contracts();
    var sends = new PostgresSendLog(new Sends(pool));
    try (var watch = new ReceiptWatch(surroundings.rpc(), Duration.ofMillis(50))) {
      var sender =
          new TransactionSender(
              surroundings.rpc(),
              contracts.chain(),
              Surroundings.wallet("operator"),
              sends,
              SendPolicy.standard(),
              watch);
      new AnchorWorker(
              new Epochs(pool),
              new Duties(pool),
              new UsageAnchors(
                  surroundings.rpc(), contracts.find(AddressBook.USAGE_ANCHOR).orElseThrow()),
              surroundings.rpc(),
              contracts.chain(),
              new Finality.Depth(1),
              sender,
              sends,
              new AnchorWorker.Terms(
                  Duration.ofSeconds(1), Duration.ZERO, 100_000, Duration.ofSeconds(20)))
          .run();
    }
  }

  String path() {
    return "/v1/channels/" + id;
  }

  /** Reads as {@code wallet}. */
  HttpResponse<String> read(SigningKey wallet, String path) {
    var url = URI.create(path).getPath();
    return market.send(
        market
            .request(path)
            .header(
                "Authorization",
                SignedRead.of(wallet, config.asset().chain(), market.origin() + url).header())
            .build());
  }

  JsonNode document(SigningKey wallet, String path) {
    var answer = read(wallet, path);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    return json(answer);
  }

  static JsonNode json(HttpResponse<String> answer) {
    try {
      return new JsonMapper().readTree(answer.body());
    } catch (IOException malformed) {
      throw new AssertionError(answer.body(), malformed);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
