package io.stoa.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.registry.RegistryReads;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.api.MarketRefusal;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.cli.endpoints.Endpoints;
import io.stoa.cli.publish.Progress;
import io.stoa.cli.publish.Publication;
import io.stoa.cli.publish.Publisher;
import io.stoa.cli.wallet.ProviderWallet;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import io.stoa.local.process.Await;
import io.stoa.local.process.StartFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The demo model's listing, published as any provider would publish it: over the public interface,
 * with the provider's own wallet.
 *
 * @param model the file that is the listing's artifact
 */
record DemoListing(Endpoints endpoints, Path model, DemoProgram demo) {
  private static final Provider.Handle HANDLE = new Provider.Handle("stoa");
  private static final ServiceName SERVICE = new ServiceName("minilm");
  private static final ListingPath PATH = new ListingPath(HANDLE, SERVICE);

  /** A tenth of a cent a call. */
  private static final long PRICE = 1_000;

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Blocks until the model can be bought: published unless it was, listed, loaded. */
  String ensure() {
    try (var market = MarketApi.at(endpoints.api());
        var chain = Rpc.connect(RpcSettings.of(endpoints.rpc()))) {
      boolean isNew =
          new RegistryReads(chain, contract("ListingRegistry"))
              .findListing(HANDLE, SERVICE)
              .isEmpty();
      if (isNew) {
        var wallet = new ProviderWallet(provider().key(), chain);
        new Publisher(market, chain, wallet, Progress.SILENT).publish(publication());
      }
      if (!Await.until(PATIENCE, () -> isForSale(market))) {
        throw new StartFailure(
            "%s is on the chain, but not for sale: %s/v1/listings/%s says why."
                .formatted(PATH, endpoints.api(), PATH));
      }
      if (!Await.until(PATIENCE, () -> demo.isReady(market.http()))) {
        throw new StartFailure("The demo model does not load; its log says why.");
      }
      return isNew ? "published, for sale" : "for sale";
    } catch (CommandFailure | MarketRefusal | RpcException e) {
      throw new StartFailure("%s cannot be published: %s".formatted(PATH, e.getMessage()), e);
    }
  }

  private static boolean isForSale(MarketApi market) {
    try {
      var listing = market.get("/v1/listings/" + PATH);
      return listing.path("status").asText().equals("ACTIVE") && !listing.hasNonNull("unlisted");
    } catch (MarketRefusal notYet) {
      return false;
    }
  }

  private Publication publication() {
    var dollar = new Asset(endpoints.chainId(), contract("UsdCoin"));
    return new Publication(
        model,
        manifest(),
        Publication.perCall(TokenAmount.of(dollar, PRICE)),
        Optional.of(HANDLE),
        SERVICE);
  }

  private ObjectNode manifest() {
    var manifest =
        JsonNodeFactory.instance
            .objectNode()
            .put("title", "MiniLM sentence embeddings")
            .put(
                "description",
                "Turns a sentence into 384 numbers such that similar meanings lie close together."
                    + " The model is all-MiniLM-L6-v2, quantised; ask it as you would ask OpenAI's"
                    + " /v1/embeddings.")
            .put("kind", "MODEL")
            .put("licence", "Apache-2.0");
    // It names no node: with its port a local market changes its did:web name.
    manifest
        .putObject("endpoint")
        .put("url", demo.endpoint().toString())
        .putArray("calls")
        .add(embeddings());
    return manifest;
  }

  /** What catalogues say of the one call. Its answer's 384 numbers are left out of the example. */
  private static ObjectNode embeddings() {
    var call =
        JsonNodeFactory.instance
            .objectNode()
            .put("method", "POST")
            .put("path", "/v1/embeddings")
            .put("description", "Sentence embeddings of up to 128 texts");
    var input = call.putObject("input").put("type", "json");
    input.putObject("example").put("input", "a cat sleeps on the sofa");
    var schema = input.putObject("schema").put("type", "object");
    var inputs = schema.putObject("properties").putObject("input");
    inputs.putArray("type").add("string").add("array");
    inputs.put("minLength", 1).put("minItems", 1).put("maxItems", 128);
    inputs.putObject("items").put("type", "string").put("minLength", 1);
    schema.putArray("required").add("input");
    var answer = call.putObject("output").putObject("example").put("object", "list");
    answer
        .putArray("data")
        .addObject()
        .put("object", "embedding")
        .put("index", 0)
        .putArray("embedding");
    answer.putObject("usage").put("prompt_tokens", 9).put("total_tokens", 9);
    return call;
  }

  private static DevelopmentWallet provider() {
    return DevelopmentWallet.find("provider").orElseThrow();
  }

  private Address contract(String name) {
    var address = endpoints.contracts().get(name);
    if (address == null) {
      throw new StartFailure("There is no contract " + name + ".");
    }
    return address;
  }
}
