package io.stoa.x402.peer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.TxHash;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.client.DailyCap;
import io.stoa.x402.client.Exchange;
import io.stoa.x402.client.PayingClient;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;

/**
 * Buys the same thing several times by {@code exact}, and prints what came of each, as a line of
 * JSON.
 *
 * <p>Arguments: the wallet's key, the asset it pays in, the most for one call, the most for a day,
 * the URL, how many times.
 */
final class ExactCustomer {
  private ExactCustomer() {}

  public static void main(String[] arguments) throws Exception {
    var wallet = SigningKey.of(Bytes32.parse(arguments[0]));
    var perCall = new TokenAmount(Asset.parse(arguments[1]), new BigInteger(arguments[2]));
    var perDay = new DailyCap(new BigInteger(arguments[3]), Clock.systemUTC());
    var request = HttpRequest.newBuilder(URI.create(arguments[4])).build();
    try (var http = HttpClient.newHttpClient()) {
      var client = new PayingClient(http, new Buyer(wallet, perCall, Clock.systemUTC()), perDay);
      for (int i = 0; i < Integer.parseInt(arguments[5]); i++) {
        IO.println(line(client.send(request, BodyHandlers.ofString())));
      }
    }
  }

  private static ObjectNode line(Exchange<String> exchange) throws MalformedPayment {
    var line =
        HeaderCodec.object()
            .put("outcome", exchange.getClass().getSimpleName())
            .put("status", exchange.response().statusCode())
            .put("body", exchange.response().body());
    if (exchange instanceof Exchange.Paid<String>(_, _, var settlement)) {
      settlement
          .flatMap(SettlementResponse::transaction)
          .map(TxHash::toString)
          .ifPresent(hash -> line.put("transaction", hash));
    }
    if (exchange instanceof Exchange.Refused<String>(var response, _)) {
      line.put("reason", reason(response));
    }
    return line;
  }

  private static String reason(HttpResponse<String> refusal) throws MalformedPayment {
    return PaymentRequired.read(refusal.headers().firstValue(X402.PAYMENT_REQUIRED).orElseThrow())
        .error();
  }
}
