package io.stoa.market.facilitator;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.client.DailyCap;
import io.stoa.x402.client.Exchange;
import io.stoa.x402.client.PayingClient;
import io.stoa.x402.facilitator.Facilitator;
import io.stoa.x402.facilitator.RemoteFacilitator;
import io.stoa.x402.server.Paywall;
import io.stoa.x402.server.TakenInMemory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the README of x402 shows, as it is compiled and run. */
final class ReadmeExamples {
  private ReadmeExamples() {}

  static Facilitator facilitator(URI node, String key) {
    return new RemoteFacilitator(
        HttpClient.newHttpClient(), node, Optional.of(key), Duration.ofSeconds(90));
  }

  static Paywall<String> paywall(Facilitator facilitator, TokenAmount price, Address payTo) {
    var option = Paywall.price(price, payTo, "USD Coin", "2");
    return new Paywall<>(facilitator, new TakenInMemory(Clock.systemUTC()), List.of(option));
  }

  static final class Shop {
    private final Paywall<String> paywall;

    Shop(Paywall<String> paywall) {
      this.paywall = paywall;
    }

    static final RequestDigest ANSWERS =
        new RequestDigest("GET", "/answers", Bytes32.sha256(new byte[0]));

    @GET
    @Path("/answers")
    @RunOnVirtualThread
    public Response answers(@HeaderParam("PAYMENT-SIGNATURE") @Nullable String payment)
        throws Exception {
      var served = paywall.charge("https://shop.example/answers", ANSWERS, payment, this::answer);
      var reply = Response.status(served.status());
      served.headers().forEach(reply::header);
      served.body().ifPresent(reply::entity);
      return reply.build();
    }

    private String answer() {
      return "42";
    }
  }

  static String buy(SigningKey wallet, TokenAmount perCall, HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    var perDay = new DailyCap(BigInteger.valueOf(50_000), Clock.systemUTC());
    var client = new PayingClient(http, new Buyer(wallet, perCall, Clock.systemUTC()), perDay);
    return switch (client.send(request, BodyHandlers.ofString())) {
      case Exchange.Free<String>(var response) -> response.body();
      case Exchange.Paid<String>(var response, _, _) -> response.body();
      case Exchange.TooDear<String> _ -> "It costs more than I pay.";
      case Exchange.Refused<String> _ -> "They do not want my money.";
      case Exchange.Undecided<String>(_, var payment) -> "Ask again about " + payment.id();
    };
  }
}
