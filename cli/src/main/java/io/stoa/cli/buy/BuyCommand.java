package io.stoa.cli.buy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.cli.Amount;
import io.stoa.cli.Cli;
import io.stoa.cli.KeyOptions;
import io.stoa.cli.api.MarketApi;
import io.stoa.domain.listing.ListingPath;
import io.stoa.x402.client.Buyer;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code ./stoa buy LISTING --input TEXT}. */
@Command(
    name = "buy",
    mixinStandardHelpOptions = true,
    description = "Buys one inference and prints the result, its price and the receipt.")
public final class BuyCommand implements Callable<Integer> {
  @ParentCommand private Cli cli;
  @Mixin private KeyOptions keys = new KeyOptions();

  @Parameters(
      paramLabel = "LISTING",
      description = "What to buy from: provider/service, such as stoa/minilm.")
  private String listing;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "TEXT",
      description = "What the model is to work on.")
  private String input;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = "/v1/embeddings",
      description = "Path below the listing (default: ${DEFAULT-VALUE}).")
  private String path;

  @Option(
      names = "--max-price",
      paramLabel = "AMOUNT",
      defaultValue = "1usd",
      converter = Amount.Converter.class,
      description =
          "The most to pay, such as 0.01usd or 1000 of the token's smallest unit (default:"
              + " ${DEFAULT-VALUE}).")
  private Amount maxPrice;

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // picocli sets what has no value here
  private BuyCommand() {}

  @Override
  public Integer call() {
    var wanted = ListingPath.parse(listing);
    var key = keys.key(cli.market(), "buyer-1");
    try (var market = MarketApi.at(cli.market().api())) {
      var buyer = new Buyer(key, maxPrice.units(), Clock.systemUTC());
      var body =
          JsonNodeFactory.instance
              .objectNode()
              .put("model", wanted.service().toString())
              .put("input", input);
      var bought =
          new Purchase(market, buyer, maxPrice, line -> System.err.println(line))
              .buy(wanted, path, body.toString());
      var report = new PurchaseReport(wanted, bought, market.origin());
      System.out.println(json ? report.json() : report.text());
    }
    return 0;
  }
}
