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
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.X402;
import io.stoa.x402.client.ChannelAnswer;
import io.stoa.x402.client.ChannelBuyer;
import io.stoa.x402.client.ChannelLimits;
import io.stoa.x402.client.ChannelPayment;
import io.stoa.x402.client.PayerChannel;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.Optional;

/**
 * Takes the steps it is told with one channel, and prints what came of each, as a line of JSON. It
 * opens the channel with the first call.
 *
 * <p>Arguments: the wallet's key, the asset it pays in, the most for one call, the most for a
 * deposit, the URL, a salt, then the steps: {@code call}, {@code forget} all but what the chain
 * shows, {@code refund}.
 */
final class ChannelCustomer {
  private final HttpClient http;
  private final ChannelBuyer buyer;
  private final HttpRequest request;
  private final PaymentRequired required;
  private final PaymentRequirements option;
  private PayerChannel channel;

  private ChannelCustomer(HttpClient http, ChannelBuyer buyer, HttpRequest request, Bytes32 salt)
      throws Exception {
    this.http = http;
    this.buyer = buyer;
    this.request = request;
    this.required = required(http.send(request, BodyHandlers.ofString()));
    this.option = buyer.choose(required).orElseThrow();
    this.channel = buyer.open(option, salt);
  }

  public static void main(String[] arguments) throws Exception {
    var limits =
        new ChannelLimits(
            new TokenAmount(Asset.parse(arguments[1]), new BigInteger(arguments[2])),
            new BigInteger(arguments[3]),
            BigInteger.ZERO);
    var wallet = SigningKey.of(Bytes32.parse(arguments[0]));
    try (var http = HttpClient.newHttpClient()) {
      var customer =
          new ChannelCustomer(
              http,
              new ChannelBuyer(wallet, limits, Clock.systemUTC()),
              HttpRequest.newBuilder(URI.create(arguments[4])).build(),
              Bytes32.parse(arguments[5]));
      for (int i = 6; i < arguments.length; i++) {
        IO.println(customer.take(arguments[i]).put("step", arguments[i]));
      }
    }
  }

  private ObjectNode take(String step) throws Exception {
    return switch (step) {
      case "call" -> call();
      case "forget" -> forget();
      case "refund" -> refund();
      default -> throw new IllegalArgumentException("no step: " + step);
    };
  }

  private ObjectNode call() throws Exception {
    var payment = buyer.pay(channel, required, option).orElseThrow();
    var answer = send(payment);
    if (answer.statusCode() == 402) {
      var refusal = required(answer);
      channel = buyer.corrected(channel, payment, refusal).orElseThrow();
      return told(answer).put("reason", refusal.error());
    }
    return kept(answer, channel.settled(payment, settlement(answer)));
  }

  private ObjectNode forget() {
    channel = buyer.resume(option, channel.config().salt(), channel.balance(), BigInteger.ZERO);
    return HeaderCodec.object();
  }

  private ObjectNode refund() throws Exception {
    var payment = buyer.refund(channel, required, option, Optional.empty()).orElseThrow();
    var answer = send(payment);
    return kept(answer, channel.refunded(payment, settlement(answer)));
  }

  private HttpResponse<String> send(ChannelPayment payment)
      throws IOException, InterruptedException {
    channel = payment.channel();
    return http.send(
        HttpRequest.newBuilder(request, (_, _) -> true)
            .setHeader(X402.PAYMENT_SIGNATURE, payment.header())
            .build(),
        BodyHandlers.ofString());
  }

  private ObjectNode kept(HttpResponse<String> reply, ChannelAnswer answer)
      throws MalformedPayment {
    if (!(answer instanceof ChannelAnswer.Kept(var after, var units))) {
      throw new IllegalStateException(answer + " after " + reply);
    }
    channel = after;
    return told(reply)
        .put("units", units.toString())
        .put("charged", channel.charged().toString())
        .put("transaction", settlement(reply).transaction().map(TxHash::toString).orElse(""));
  }

  private static ObjectNode told(HttpResponse<String> answer) {
    return HeaderCodec.object().put("status", answer.statusCode()).put("body", answer.body());
  }

  private static PaymentRequired required(HttpResponse<String> answer) throws MalformedPayment {
    return PaymentRequired.read(answer.headers().firstValue(X402.PAYMENT_REQUIRED).orElseThrow());
  }

  private static SettlementResponse settlement(HttpResponse<String> answer)
      throws MalformedPayment {
    return SettlementResponse.read(
        answer.headers().firstValue(X402.PAYMENT_RESPONSE).orElseThrow());
  }
}
