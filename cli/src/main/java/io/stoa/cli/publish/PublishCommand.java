package io.stoa.cli.publish;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.cli.Amount;
import io.stoa.cli.Cli;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.KeyOptions;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.wallet.ProviderWallet;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code ./stoa publish FILE --manifest M.json …}. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    description = "Uploads a file, publishes it as a listing, and waits until it is for sale.")
public final class PublishCommand implements Callable<Integer> {
  private static final Amount DEFAULT_PRICE = Amount.parse("0.001usd");

  @ParentCommand private Cli cli;
  @Mixin private KeyOptions keys = new KeyOptions();

  @Parameters(paramLabel = "FILE", description = "The artifact: a model, a dataset, a program.")
  private Path file;

  @Option(
      names = "--manifest",
      required = true,
      paramLabel = "M.json",
      description =
          "What the listing is, as docs/schemas/manifest.schema.json says; without \"artifacts\","
              + " FILE is filled in.")
  private Path manifest;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Second half of the path, such as minilm (default: after FILE's name).")
  private @Nullable String service;

  @Option(
      names = "--handle",
      paramLabel = "NAME",
      description =
          "First half of the path; it is claimed if it is still free. Without one it is your"
              + " address.")
  private @Nullable String handle;

  @Option(
      names = "--price",
      paramLabel = "AMOUNT",
      converter = Amount.Converter.class,
      description =
          "Price of one call, in dollars or in the token's smallest unit, such as 1000 (default:"
              + " 0.001usd).")
  private @Nullable Amount price;

  @Option(
      names = "--asset",
      paramLabel = "CAIP-19",
      description =
          "The token to be paid in, such as eip155:1/erc20:0x… (default: the local market's test"
              + " dollar).")
  private @Nullable String asset;

  @Option(
      names = "--offers",
      paramLabel = "O.json",
      description =
          "Other price plans than one price for every call, as docs/schemas/offers.schema.json"
              + " says.")
  private @Nullable Path offers;

  @Option(
      names = "--rpc",
      paramLabel = "URL",
      description = "JSON-RPC of the chain (default: the local market's).")
  private @Nullable URI rpc;

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  private PublishCommand() {}

  @Override
  public Integer call() {
    var publication =
        new Publication(
            file,
            read(manifest),
            offers(),
            Optional.ofNullable(handle).map(Provider.Handle::new),
            service == null ? serviceNamedAfter(file) : new ServiceName(service));
    var key = keys.key(cli.market(), "provider");
    try (var market = MarketApi.at(cli.market().api());
        var chain = Rpc.connect(RpcSettings.of(rpc()))) {
      var progress = json ? Progress.SILENT : new TerminalProgress(System.err);
      var wallet = new ProviderWallet(key, chain);
      var published = new Publisher(market, chain, wallet, progress).publish(publication);
      System.out.println(json ? toJson(published) : "for sale: " + published.url());
    }
    return 0;
  }

  /** {@code My Model_v2.onnx} becomes {@code my-model-v2}. */
  static ServiceName serviceNamedAfter(Path file) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    var words = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^a-z0-9]+", "-");
    var trimmed = words.replaceAll("^-|-$", "");
    try {
      return new ServiceName(trimmed);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          "No name can be made of " + file + ": choose one with --service.", e);
    }
  }

  private static ObjectNode read(Path json) {
    try {
      if (new JsonMapper().readTree(Files.readAllBytes(json)) instanceof ObjectNode object) {
        return object;
      }
      throw new CommandFailure(json + " holds no JSON object.");
    } catch (IOException e) {
      throw new CommandFailure("Cannot read " + json + " as JSON.", e);
    }
  }

  private ObjectNode offers() {
    if (offers == null) {
      var each = price == null ? DEFAULT_PRICE : price;
      return Publication.perCall(new TokenAmount(asset(), each.units()));
    }
    if (price != null || asset != null) {
      throw new CommandFailure("--offers takes the place of --price and --asset.");
    }
    return read(offers);
  }

  private Asset asset() {
    if (asset != null) {
      return Asset.parse(asset);
    }
    var local = cli.market().endpoints();
    var dollar = local.contracts().get("UsdCoin");
    if (dollar == null) {
      throw new CommandFailure("The local market has no test dollar: name a token with --asset.");
    }
    return new Asset(local.chainId(), dollar);
  }

  private URI rpc() {
    return rpc == null ? cli.market().endpoints().rpc() : rpc;
  }

  private static String toJson(Published published) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("listing", published.path().toString())
        .put("url", published.url().toString())
        .put("manifest", published.manifest().toString())
        .put("artifact", published.artifact().toString())
        .put("transaction", published.transaction().toString())
        .toString();
  }
}
