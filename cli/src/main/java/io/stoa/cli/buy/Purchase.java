package io.stoa.cli.buy;

import io.stoa.cli.Amount;
import io.stoa.cli.CommandFailure;
import io.stoa.cli.PaymentUndecided;
import io.stoa.cli.api.MarketApi;
import io.stoa.cli.api.MarketRefusal;
import io.stoa.domain.listing.ListingPath;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.client.Payment;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One request to a listing: asks for the terms, signs one payment, and stays with that payment
 * until its outcome is known. It never signs a second one, so it never pays twice.
 */
final class Purchase {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

  private final MarketApi market;
  private final Buyer buyer;
  private final Amount cap;
  private final Consumer<String> progress;

  /**
   * @param cap that {@code buyer} keeps, to name it when it is too low
   */
  Purchase(MarketApi market, Buyer buyer, Amount cap, Consumer<String> progress) {
    this.market = market;
    this.buyer = buyer;
    this.cap = cap;
    this.progress = progress;
  }

  /**
   * @param path below the listing, starting with a slash
   * @param body JSON
   */
  Bought buy(ListingPath listing, String path, String body) {
    findListing(listing);
    var target = "/x/" + listing + path;
    var unpaid = market.send(request(target, body).build());
    if (unpaid.statusCode() != 402) {
      MarketApi.json(unpaid);
      throw new CommandFailure(listing + " asks for no payment at " + path + ".");
    }
    var required = terms(unpaid);
    var chosen =
        buyer
            .choose(required)
            .orElseThrow(() -> new CommandFailure(tooExpensive(listing, required)));
    var payment = buyer.pay(required, chosen);
    progress.accept("paying %s…".formatted(new Amount(chosen.amount()).inDollars()));
    var answer =
        deliver(
            request(target, body).header(X402.PAYMENT_SIGNATURE, payment.header()).build(),
            payment);
    return new Bought(
        answer.body(),
        payment.transfer().amount(),
        chosen.extra().path("name").asText(),
        payment.id(),
        settlement(answer).flatMap(SettlementResponse::transaction));
  }

  private void findListing(ListingPath listing) {
    try {
      market.get("/v1/listings/" + listing);
    } catch (MarketRefusal refusal) {
      if (refusal.status() == 404) {
        throw new CommandFailure(
            "There is no listing %s at %s.".formatted(listing, market.origin()), refusal);
      }
      throw refusal;
    }
  }

  private HttpRequest.Builder request(String target, String body) {
    return market
        .request(target)
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  /** Sends the one payment again and again until it is served or finally not. */
  private HttpResponse<byte[]> deliver(HttpRequest request, Payment payment) {
    var deadline = Instant.now().plus(PATIENCE);
    while (true) {
      var attempt = attempt(request);
      if (attempt.isPresent()) {
        var answer = attempt.get();
        int status = answer.statusCode();
        if (status / 100 == 2) {
          return answer;
        }
        if (status == 402) {
          throw refused(answer);
        }
        if (status < 500 || status == 502 || status == 504) {
          throw failed(answer);
        }
        if (status != 503) {
          throw new PaymentUndecided(payment.id());
        }
      }
      if (Instant.now().isAfter(deadline)) {
        throw new PaymentUndecided(payment.id());
      }
      progress.accept("the payment is not decided yet, asking again…");
      pause(attempt.flatMap(Purchase::retryAfter).orElse(Duration.ofSeconds(1)), payment);
    }
  }

  /** Empty when the connection broke: the payment may or may not have arrived. */
  private Optional<HttpResponse<byte[]>> attempt(HttpRequest request) {
    try {
      return Optional.of(market.send(request));
    } catch (CommandFailure broken) {
      return Optional.empty();
    }
  }

  /** The market's own words, or the provider's, which the market passes on. */
  private static CommandFailure failed(HttpResponse<byte[]> answer) {
    var body = MarketApi.parse(answer.body());
    var reason = body.path("detail").asText(body.at("/error/message").asText("no reason given."));
    return new CommandFailure(
        "Not served and not charged, status %d: %s".formatted(answer.statusCode(), reason));
  }

  private static CommandFailure refused(HttpResponse<byte[]> answer) {
    var reason =
        settlement(answer)
            .map(settlement -> String.valueOf(settlement.errorReason()))
            .orElseGet(() -> terms(answer).error());
    return new CommandFailure("The payment was refused and nothing was charged: " + reason + ".");
  }

  private static PaymentRequired terms(HttpResponse<byte[]> answer) {
    try {
      return PaymentRequired.read(answer.headers().firstValue(X402.PAYMENT_REQUIRED).orElse(""));
    } catch (MalformedPayment e) {
      throw new CommandFailure("The market's terms cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<SettlementResponse> settlement(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue(X402.PAYMENT_RESPONSE)
        .map(
            header -> {
              try {
                return SettlementResponse.read(header);
              } catch (MalformedPayment e) {
                throw new CommandFailure("The market's settlement cannot be read.", e);
              }
            });
  }

  private static Optional<Duration> retryAfter(HttpResponse<byte[]> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]{1,5}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static void pause(Duration asked, Payment payment) {
    try {
      Thread.sleep(asked.compareTo(MAX_PAUSE) < 0 ? asked : MAX_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PaymentUndecided(payment.id());
    }
  }

  private String tooExpensive(ListingPath listing, PaymentRequired required) {
    return required.accepts().stream()
        .map(option -> new Amount(option.amount()))
        .min(java.util.Comparator.comparing(Amount::units))
        .filter(cheapest -> cheapest.units().compareTo(cap.units()) > 0)
        .map(
            cheapest ->
                "%s costs %s, more than the %s you allow; raise --max-price."
                    .formatted(listing, cheapest.inDollars(), cap.inDollars()))
        .orElse(listing + " offers no way to pay that this program knows.");
  }
}
