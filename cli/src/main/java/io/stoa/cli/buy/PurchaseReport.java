package io.stoa.cli.buy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.cli.Amount;
import io.stoa.cli.api.MarketApi;
import io.stoa.domain.TxHash;
import io.stoa.domain.listing.ListingPath;
import java.net.URI;

/** What a purchase brought, for people and for programs. */
record PurchaseReport(ListingPath listing, Bought bought, URI market) {
  private static final int SHOWN_NUMBERS = 4;
  private static final int SHOWN_CHARACTERS = 400;

  String text() {
    return """
        result       %s
        price        %s (%s units of %s)
        transaction  %s
        payment      %s
        receipt      %s"""
        .formatted(
            result(),
            new Amount(bought.price().units()).inDollars(),
            bought.price().units(),
            bought.tokenName(),
            transaction(),
            bought.payment(),
            receipt());
  }

  String json() {
    var report = JsonNodeFactory.instance.objectNode();
    report.put("listing", listing.toString());
    report.set("result", MarketApi.parse(bought.body()));
    report
        .putObject("price")
        .put("amount", bought.price().units().toString())
        .put("asset", bought.price().asset().toString());
    report
        .put("transaction", transaction())
        .put("payment", bought.payment().toString())
        .put("receipt", receipt().toString());
    return report.toString();
  }

  private String transaction() {
    return bought.transaction().map(TxHash::toString).orElse("");
  }

  private URI receipt() {
    return market.resolve("/v1/receipts/" + bought.payment());
  }

  /** The first few numbers of an embedding, the beginning of anything else. */
  private String result() {
    var vector = MarketApi.parse(bought.body()).at("/data/0/embedding");
    return vector.isArray() ? numbers(vector) : beginning(new String(bought.body(), UTF_8));
  }

  private static String numbers(JsonNode vector) {
    var text = new StringBuilder().append(vector.size()).append(" numbers: ");
    for (int i = 0; i < Math.min(SHOWN_NUMBERS, vector.size()); i++) {
      text.append(vector.get(i).asText()).append(", ");
    }
    return text.append("…").toString();
  }

  private static String beginning(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
