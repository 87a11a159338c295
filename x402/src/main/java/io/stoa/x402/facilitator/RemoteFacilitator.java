package io.stoa.x402.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Fields;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.facilitator.FacilitatorFailure.Unanswered;
import io.stoa.x402.facilitator.FacilitatorFailure.Unavailable;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A facilitator over HTTP. Its answers are a stranger's: bounded in size and time, read strictly.
 * Redirects are not followed, so that its key goes nowhere else.
 */
public final class RemoteFacilitator implements Facilitator {
  private static final int MAX_ANSWER = 256 * 1024;

  private final HttpClient http;
  private final URI base;
  private final Optional<String> key;
  private final Duration timeout;

  /**
   * @param base under which {@code /verify}, {@code /settle} and {@code /supported} are
   * @param key sent as {@code Authorization: Bearer}
   * @param timeout of one question, from the first byte sent to the last byte received; a
   *     settlement waits for the chain
   */
  public RemoteFacilitator(HttpClient http, URI base, Optional<String> key, Duration timeout) {
    if (http.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException("an HTTP client that follows redirects");
    }
    this.http = http;
    this.base = URI.create(base.toString().replaceFirst("/+$", ""));
    this.key = key;
    this.timeout = timeout;
  }

  /** Names it among others, also after a restart. */
  public URI base() {
    return base;
  }

  @Override
  public SupportedKinds supported() {
    var answer = send(request("/supported").GET().build());
    try {
      if (answer.statusCode() != 200) {
        throw new Unavailable(base, "answered with status " + answer.statusCode(), null);
      }
      return SupportedKinds.read(fields(answer));
    } catch (MalformedPayment garbage) {
      throw new Unavailable(base, "did not say what it supports", garbage);
    }
  }

  @Override
  public VerifyResponse verify(PaymentPayload payment, PaymentRequirements requirements) {
    var answer = ask("/verify", "isValid", payment, requirements);
    try {
      return VerifyResponse.read(answer);
    } catch (MalformedPayment garbage) {
      throw new Unanswered(base, "did not say whether a payment is good", garbage);
    }
  }

  /**
   * A settlement that is under way is asked about once more: the facilitator then waits for its
   * transaction. One that is still under way is {@code settlement_pending}, with its transaction.
   */
  @Override
  public SettlementResponse settle(PaymentPayload payment, PaymentRequirements requirements) {
    var first = settleOnce(payment, requirements);
    return SettlementResponse.PENDING.equals(first.errorReason()) && first.transaction().isPresent()
        ? settleOnce(payment, requirements)
        : first;
  }

  private SettlementResponse settleOnce(PaymentPayload payment, PaymentRequirements requirements) {
    var answer = ask("/settle", "success", payment, requirements);
    try {
      return SettlementResponse.read(answer);
    } catch (MalformedPayment garbage) {
      throw new Unanswered(base, "did not say what became of a payment", garbage);
    }
  }

  /**
   * @param proof a member that only an answer has, whatever its status
   */
  private Fields ask(
      String path, String proof, PaymentPayload payment, PaymentRequirements requirements) {
    var body = HeaderCodec.object().put("x402Version", X402.VERSION);
    body.set("paymentPayload", payment.json());
    body.set("paymentRequirements", requirements.json());
    var answer =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(bytes(body)))
                .build());
    try {
      var fields = fields(answer);
      if (fields.has(proof)) {
        return fields;
      }
    } catch (MalformedPayment noAnswer) {
      // The status says the rest.
    }
    int status = answer.statusCode();
    throw isRefusal(status)
        ? new Unavailable(base, "refused with status " + status, null)
        : new Unanswered(base, "answered something else, with status " + status, null);
  }

  /** Whether the request went no further than the door. */
  private static boolean isRefusal(int status) {
    return (status >= 300 && status < 500) || status == 503;
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(timeout);
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    var answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof ConnectException
              || failure.getCause() instanceof HttpConnectTimeoutException
          ? new Unavailable(base, "cannot be reached", failure)
          : new Unanswered(base, "did not answer", failure);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new Unanswered(base, "did not answer in time", late);
    } catch (InterruptedException interrupted) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new Unanswered(base, "was not waited for", interrupted);
    }
  }

  private static Fields fields(HttpResponse<byte[]> answer) throws MalformedPayment {
    return HeaderCodec.parse(answer.body(), MAX_ANSWER);
  }

  private static byte[] bytes(ObjectNode json) {
    return json.toString().getBytes(UTF_8);
  }
}
