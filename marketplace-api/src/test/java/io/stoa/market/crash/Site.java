package io.stoa.market.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoa.chain.UnsignedTransaction;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.local.process.Await;
import io.stoa.market.crash.RpcLine.Condition;
import io.stoa.testkit.market.RunningMarket;
import io.stoa.testkit.market.Surroundings;
import io.stoa.testkit.market.TestListing;
import io.stoa.x402.permit2.Permit2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that can break: one or two instances of the packaged market, each a process, on one
 * database and one chain of their own, and a provider with two listings. Each instance is told
 * nothing of the others.
 */
final class Site implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What is left by a crash is looked after soon, so that many crashes fit into a minute. */
  private static final Map<String, String> IN_A_HURRY =
      Map.of(
          "stoa.public-url", "http://market.localhost",
          "stoa.inference.provider-timeout", "4s",
          "stoa.inference.max-timeout", "60s",
          "stoa.payments.settlement-lease", "3s",
          "stoa.payments.reconcile-every", "500ms",
          "stoa.channels.claim-threshold", "20000",
          "stoa.channels.claim-age", "3s",
          "stoa.channels.claim-patience", "2s");

  private final Surroundings surroundings;
  private final RpcLine line;
  private final CountingProvider provider;
  private final List<RunningMarket> instances = new ArrayList<>();
  private final JsonNode calls;
  private final JsonNode tokens;

  Site(int size, Moments moments) {
    surroundings = Surroundings.start();
    line = new RpcLine(surroundings.chain().rpc(), moments);
    provider = new CountingProvider(moments);
    try {
      for (int i = 1; i <= size; i++) {
        instances.add(RunningMarket.startOn(surroundings, "instance-" + i, configuration()));
      }
      calls = publish(TestListing.of("calls").pricedAt(1_000));
      tokens = publish(TestListing.of("tokens").pricedPerToken(100, 10_000));
    } catch (AssertionError | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private Map<String, String> configuration() {
    var all = new HashMap<>(IN_A_HURRY);
    all.put("stoa.chain.rpc", line.url().toString());
    return all;
  }

  private JsonNode publish(TestListing listing) {
    var call = JSON.createObjectNode();
    call.put("method", "POST").put("path", "/v1/answers").put("description", "One answer");
    call.putObject("input").put("type", "json").putObject("example").put("question", "why");
    call.putObject("output").putObject("example").put("answer", 42);
    return listing.servedAt(provider.url()).describing(call).in(instances.getFirst());
  }

  Surroundings surroundings() {
    return surroundings;
  }

  RpcLine line() {
    return line;
  }

  CountingProvider provider() {
    return provider;
  }

  List<RunningMarket> instances() {
    return instances;
  }

  Asset dollar() {
    return new Asset(surroundings.contracts().chain(), surroundings.contracts().usdCoin());
  }

  /** Where a call has one price. */
  String calls() {
    return path(calls);
  }

  /** Where an answer costs by the token. */
  String tokens() {
    return path(tokens);
  }

  /** Who is paid for either. */
  List<Address> payees() {
    return List.of(
        Address.parse(calls.path("splitter").asText()),
        Address.parse(tokens.path("splitter").asText()));
  }

  private static String path(JsonNode listing) {
    return "/x/" + listing.path("listing").asText() + "/v1/answers";
  }

  /** Lets Permit2 move all that {@code wallet} has, and will have. */
  void approvePermit2(SigningKey wallet) {
    chain("anvil_setBalance", wallet.address().toString(), "0x" + "f".repeat(16));
    surroundings.send(
        wallet,
        UnsignedTransaction.call(
            dollar().chain(),
            dollar().token(),
            Bytes.wrap(
                Abi.call(
                    Abi.selector("approve(address,uint256)"),
                    Abi.word(Permit2.CONTRACT),
                    Abi.word(BigInteger.TWO.pow(255))))));
  }

  /**
   * Replaces the newest blocks by empty ones; what they held is gone, and waits for nobody. Nothing
   * is sent meanwhile: a block that anvil mines while it reorganises breaks its chain.
   */
  void reorganise(int depth) {
    try {
      line.hold();
      if (!Await.until(PATIENCE, this::isAllMined)) {
        throw new AssertionError("transactions are not mined: " + chain("txpool_status"));
      }
      chain("anvil_reorg", depth, List.of());
    } finally {
      line.becomes(Condition.GOOD);
    }
  }

  private boolean isAllMined() {
    return chain("txpool_status").path("pending").asText().equals("0x0");
  }

  void mine() {
    chain("evm_mine");
  }

  private JsonNode chain(String method, Object... parameters) {
    var body =
        JSON.valueToTree(
            Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(parameters)));
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(surroundings.chain().rpc())
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString(), UTF_8))
                  .build(),
              BodyHandlers.ofString());
      var read = JSON.readTree(answer.body());
      if (read.has("error")) {
        throw new AssertionError(method + ": " + answer.body());
      }
      return read.path("result");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  @Override
  public void close() {
    instances.forEach(RunningMarket::close);
    provider.close();
    line.close();
    surroundings.close();
  }
}
