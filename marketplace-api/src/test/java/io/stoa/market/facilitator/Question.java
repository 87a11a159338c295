package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.token.TokenReads;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.TestListing;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;

/** What a server asks the market's facilitator over HTTP, as JSON that tests may bend. */
record Question(RunningMarket market, ObjectNode json) {
  static final ObjectMapper JSON = new JsonMapper();

  /** The splitter of a new listing: a payee that anybody may ask about. */
  static Address listed(RunningMarket market) {
    var listing = TestListing.of("facilitated-" + System.nanoTime()).in(market);
    return Address.parse(listing.path("splitter").asText());
  }

  /** A new wallet with test dollars and no gas. */
  static SigningKey buyer(RunningMarket market, long units) {
    var wallet = SigningKey.of(Keccak.hash("payer " + System.nanoTime()));
    market.surroundings().mint(wallet.address(), BigInteger.valueOf(units));
    return wallet;
  }

  /** About a payment of 1,000 units by EIP-3009. */
  static Question transfer(RunningMarket market, SigningKey payer, Address payee) {
    var option =
        new PaymentRequirements(
            ExactEip3009.SCHEME,
            market.surroundings().contracts().chain(),
            BigInteger.valueOf(1_000),
            market.surroundings().contracts().usdCoin(),
            payee,
            60,
            ExactEip3009.extra(domain(market)));
    var required =
        new PaymentRequired(
            PaymentRequired.NO_PAYMENT,
            new PaymentRequired.Resource("https://shop.example/answers", "", ""),
            List.of(option),
            HeaderCodec.object());
    var price = new TokenAmount(domain(market).asset(), option.amount());
    var header = new Buyer(payer, price, Clock.systemUTC()).pay(required, option).header();
    var json = JSON.createObjectNode().put("x402Version", 2);
    try {
      json.set("paymentPayload", HeaderCodec.decode(header).json());
    } catch (MalformedPayment impossible) {
      throw new AssertionError(impossible);
    }
    json.set("paymentRequirements", option.json().deepCopy());
    return new Question(market, json);
  }

  static TokenDomain domain(RunningMarket market) {
    var contracts = market.surroundings().contracts();
    var tokens = new TokenReads(market.surroundings().rpc());
    return TokenDomain.of(
        new Asset(contracts.chain(), contracts.usdCoin()),
        tokens.name(contracts.usdCoin()),
        tokens.version(contracts.usdCoin()));
  }

  ObjectNode at(String pointer) {
    return (ObjectNode) json.at(pointer);
  }

  HttpResponse<String> ask(String path, String... headers) {
    return ask(market, path, json.toString(), headers);
  }

  static HttpResponse<String> ask(
      RunningMarket market, String path, String body, String... headers) {
    var request =
        market
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body.getBytes(UTF_8)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return market.send(request.build());
  }

  static JsonNode json(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException malformed) {
      throw new AssertionError(answer.body(), malformed);
    }
  }
}
