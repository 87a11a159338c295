package io.stoa.market.crash;

import io.stoa.testkit.market.RunningMarket;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * The market as its customers reach it: by any instance, of which some or all may be gone right
 * now.
 */
final class Door implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<RunningMarket> instances;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Door(List<RunningMarket> instances) {
    this.instances = List.copyOf(instances);
  }

  /** What is asked for {@code request}; empty when nobody answered, or not with terms. */
  Optional<PaymentRequired> terms(Request request, RandomGenerator choice) {
    return send(request, Optional.empty(), choice, BodyHandlers.ofString())
        .filter(answer -> answer.statusCode() == 402)
        .map(Door::required);
  }

  /** Empty when the connection broke, or there was none. */
  Optional<HttpResponse<String>> pay(Request request, String header, RandomGenerator choice) {
    return send(request, Optional.of(header), choice, BodyHandlers.ofString());
  }

  Optional<HttpResponse<InputStream>> stream(
      Request request, String header, RandomGenerator choice) {
    return send(request, Optional.of(header), choice, BodyHandlers.ofInputStream());
  }

  private <T> Optional<HttpResponse<T>> send(
      Request request,
      Optional<String> header,
      RandomGenerator choice,
      HttpResponse.BodyHandler<T> body) {
    var instance = instances.get(choice.nextInt(instances.size()));
    var message =
        HttpRequest.newBuilder(instance.origin().resolve(request.path()))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(request.body()));
    header.ifPresent(payment -> message.header(X402.PAYMENT_SIGNATURE, payment));
    try {
      return Optional.of(http.send(message.build(), body));
    } catch (IOException gone) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** What a customer does before it asks again. */
  static void beforeAskingAgain() {
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
  }

  static PaymentRequired required(HttpResponse<?> answer) {
    try {
      return PaymentRequired.read(answer.headers().firstValue(X402.PAYMENT_REQUIRED).orElseThrow());
    } catch (MalformedPayment malformed) {
      throw new AssertionError(malformed);
    }
  }

  static SettlementResponse settlement(HttpResponse<?> answer) {
    return settlement(answer.headers().firstValue(X402.PAYMENT_RESPONSE).orElseThrow());
  }

  static SettlementResponse settlement(String header) {
    try {
      return SettlementResponse.read(header);
    } catch (MalformedPayment malformed) {
      throw new AssertionError(malformed);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
