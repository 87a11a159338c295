package io.stoa.market.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.registry.RegistryCalls;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A listing with a scripted provider behind it, and the ways to buy from it. */
final class Shop implements AutoCloseable {
  static final BigInteger PRICE = BigInteger.valueOf(1_000);

  private static final JsonNode ANSWER =
      json(
          """
          {"method":"POST","path":"/v1/answers","description":"One answer",
           "input":{"type":"json","example":{"question":"why"},
            "schema":{"type":"object","properties":{"question":{"type":"string"}}}},
           "output":{"example":{"answer":42},"schema":{"type":"object"}}}
          """);
  private static final JsonNode ITEM =
      json(
          """
          {"method":"GET","path":"/v1/items/:id","input":{"type":"query","example":{}},
           "output":{"mediaType":"image/png"}}
          """);

  private static final AtomicInteger SHOPS = new AtomicInteger();
  private static final AtomicInteger BUYERS = new AtomicInteger();

  final ScriptedProvider provider = new ScriptedProvider();
  final RunningMarket market;
  final JsonNode listing;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Shop(RunningMarket market, UnaryOperator<TestListing> priced) {
    this.market = market;
    this.listing =
        priced
            .apply(TestListing.of("shop-" + SHOPS.incrementAndGet() + "-" + System.nanoTime()))
            .servedAt(provider.url())
            .describing(ANSWER)
            .describing(ITEM)
            .in(market);
    awaitOnSale();
  }

  static Shop in(RunningMarket market) {
    return new Shop(market, listing -> listing.pricedAt(PRICE.longValue()));
  }

  /** Sells for the same price, which is paid before the provider is asked. */
  static Shop paidUpfront(RunningMarket market) {
    return new Shop(market, listing -> listing.pricedAt(PRICE.longValue()).paidUpfront());
  }

  /** Sells for {@code units} a token written, {@code most} at most. */
  static Shop perToken(RunningMarket market, long units, long most) {
    return new Shop(market, listing -> listing.pricedPerToken(units, most));
  }

  String path() {
    return "/x/" + listing.path("listing").asText() + "/v1/answers";
  }

  /** A new wallet with {@code units} test dollars and no gas. */
  SigningKey buyerWith(long units) {
    var wallet =
        SigningKey.of(Keccak.hash("buyer " + BUYERS.incrementAndGet() + System.nanoTime()));
    if (units > 0) {
      market.surroundings().mint(wallet.address(), BigInteger.valueOf(units));
    }
    return wallet;
  }

  /** The same with gas. */
  SigningKey buyerWithGas() {
    var wallet = buyerWith(5_000);
    chain("anvil_setBalance", wallet.address().toString(), "0xde0b6b3a7640000");
    return wallet;
  }

  /** Makes an authorization worthless, on the chain. */
  void cancel(SigningKey payer, DraftPayment draft) {
    var type = Abi.topic("CancelAuthorization(address authorizer,bytes32 nonce)");
    var domain = new Eip712.Domain("USD Coin", "2", draft.chain(), draft.token());
    var digest =
        Eip712.digest(
            domain.separator(), Eip712.hashStruct(type, Abi.word(payer.address()), draft.nonce()));
    var call =
        Abi.callWithBytes(
            Abi.selector("cancelAuthorization(address,bytes32,bytes)"),
            payer.sign(digest).toBytes(),
            Abi.word(payer.address()),
            draft.nonce());
    market
        .surroundings()
        .send(payer, UnsignedTransaction.call(draft.chain(), draft.token(), Bytes.of(call)));
  }

  JsonNode terms() {
    return DraftPayment.decode(ask("{}").headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
  }

  DraftPayment draft(SigningKey wallet) {
    return new DraftPayment(wallet, terms());
  }

  /** An unpaid request. */
  HttpResponse<String> ask(String body) {
    return send(market, request(market, body));
  }

  HttpResponse<String> pay(String header, String body) {
    return pay(market, header, body);
  }

  /** A paid request, to this instance. */
  HttpResponse<String> pay(RunningMarket instance, String header, String body) {
    return send(instance, request(instance, body).header("PAYMENT-SIGNATURE", header));
  }

  HttpRequest.Builder request(RunningMarket instance, String body) {
    return HttpRequest.newBuilder(instance.origin().resolve(path()))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(RunningMarket instance, HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  BigInteger earned() {
    return balanceOf(Address.parse(listing.path("splitter").asText()));
  }

  BigInteger balanceOf(Address account) {
    var surroundings = market.surroundings();
    return new TokenReads(surroundings.rpc())
        .balanceOf(surroundings.contracts().usdCoin(), account, BlockId.LATEST);
  }

  /** Changes the price on the chain; returns when it is asked for. */
  void chargeFromNowOn(long units) {
    var root =
        TestListing.of(listing.path("listing").asText().substring(43))
            .pricedAt(units)
            .servedAt(provider.url())
            .documents(market)
            .path("offersRoot")
            .asText();
    var contracts = market.surroundings().contracts();
    market
        .surroundings()
        .send(
            Surroundings.wallet("provider"),
            new RegistryCalls(contracts.chain(), contracts.listingRegistry())
                .setOffers(new ListingId(listing.path("id").longValue()), Bytes32.parse(root)));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> terms().at("/accepts/0/amount").asText().equals(Long.toString(units)));
  }

  JsonNode payment(DraftPayment draft) {
    return json(market.get("/v1/payments/" + draft.id()).body());
  }

  /** Lets the chain grow until what became of {@code draft} cannot change any more. */
  void finish(DraftPayment draft) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              chain("evm_mine");
              return payment(draft).path("isFinal").booleanValue();
            });
  }

  String status(DraftPayment draft) {
    return payment(draft).path("status").asText();
  }

  /** Calls a method of the development chain. */
  JsonNode chain(String method, Object... parameters) {
    var body =
        DraftPayment.JSON.valueToTree(
            Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(parameters)));
    URI rpc = market.surroundings().chain().rpc();
    var answer =
        send(
            market,
            HttpRequest.newBuilder(rpc)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString(), UTF_8)));
    return json(answer.body()).path("result");
  }

  /** All at the same time, each on a thread of its own. */
  static <T> List<T> atOnce(int times, Callable<T> what) {
    var all = new ArrayList<Callable<T>>();
    for (int i = 0; i < times; i++) {
      all.add(what);
    }
    return atOnce(all);
  }

  static <T> List<T> atOnce(List<Callable<T>> all) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      for (Future<T> result : threads.invokeAll(all)) {
        results.add(result.get());
      }
      return results;
    } catch (InterruptedException | ExecutionException failure) {
      throw new AssertionError(failure);
    }
  }

  static JsonNode json(String text) {
    try {
      return DraftPayment.JSON.readTree(text);
    } catch (IOException malformed) {
      throw new AssertionError("not JSON: " + text, malformed);
    }
  }

  private void awaitOnSale() {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> ask("{}").statusCode() == 402);
  }

  @Override
  public void close() {
    provider.close();
    http.close();
  }
}
