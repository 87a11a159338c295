package io.stoa.x402.client;

import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/**
 * Sends requests, and pays where it is asked to (scheme {@code exact}): within the buyer's cap for
 * one call, and within a cap for all of them. Blocks.
 */
public final class PayingClient {
  private final HttpClient http;
  private final Buyer buyer;
  private final DailyCap cap;

  /**
   * @param cap in the smallest unit of the one token that {@code buyer} pays in
   */
  public PayingClient(HttpClient http, Buyer buyer, DailyCap cap) {
    this.http = http;
    this.buyer = buyer;
    this.cap = cap;
  }

  /**
   * Sends {@code request}, and once more with a payment if that is what it takes. At most one
   * payment is signed.
   *
   * @param request whose body can be sent twice
   * @throws IOException as the HTTP client does; what was signed by then may be charged
   */
  public <T> Exchange<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    var first = http.send(request, body);
    if (first.statusCode() != 402) {
      return new Exchange.Free<>(first);
    }
    var payment = pay(first);
    return payment.isPresent() ? send(request, body, payment.get()) : new Exchange.TooDear<>(first);
  }

  private <T> Exchange<T> send(
      HttpRequest request, HttpResponse.BodyHandler<T> body, Payment payment)
      throws IOException, InterruptedException {
    var paying =
        HttpRequest.newBuilder(request, (_, _) -> true)
            .setHeader(X402.PAYMENT_SIGNATURE, payment.header())
            .build();
    var answer = http.send(paying, body);
    int status = answer.statusCode();
    if (status >= 500) {
      return new Exchange.Undecided<>(answer, payment);
    }
    var settlement = settlement(answer);
    if (status < 300 || settlement.filter(SettlementResponse::success).isPresent()) {
      return new Exchange.Paid<>(answer, payment, settlement);
    }
    return new Exchange.Refused<>(answer, payment);
  }

  /** Empty when nothing that is asked for is understood and affordable. */
  private Optional<Payment> pay(HttpResponse<?> answer) {
    return required(answer)
        .flatMap(
            required ->
                buyer
                    .choose(required)
                    .filter(option -> cap.sign(option.amount()))
                    .map(option -> buyer.pay(required, option)));
  }

  private static Optional<PaymentRequired> required(HttpResponse<?> answer) {
    try {
      var header = answer.headers().firstValue(X402.PAYMENT_REQUIRED);
      return header.isPresent()
          ? Optional.of(PaymentRequired.read(header.get()))
          : Optional.empty();
    } catch (MalformedPayment unreadable) {
      return Optional.empty();
    }
  }

  private static Optional<SettlementResponse> settlement(HttpResponse<?> answer) {
    try {
      var header = answer.headers().firstValue(X402.PAYMENT_RESPONSE);
      return header.isPresent()
          ? Optional.of(SettlementResponse.read(header.get()))
          : Optional.empty();
    } catch (MalformedPayment unreadable) {
      return Optional.empty();
    }
  }
}
