package io.stoa.market.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.x402.client.ChannelPayment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.util.Optional;

/** Pays for answers that come in parts, out of a channel. Sometimes leaves in the middle of one. */
final class StreamReader extends ChannelPayer {
  private static final String SETTLEMENT = "event: payment-response";

  StreamReader(String name, Shop shop, SigningKey wallet, Asset dollar, String path) {
    super(name, shop, wallet, dollar, path, 0, 0);
  }

  @Override
  void buy() {
    var request = Request.streamed(path, name, nextNumber());
    var terms = door.terms(request, choice);
    if (terms.isEmpty()) {
      Door.beforeAskingAgain();
      return;
    }
    var payment = sign(terms.get(), buyer.choose(terms.get()).orElseThrow());
    if (payment.isEmpty()) {
      Door.beforeAskingAgain();
      return;
    }
    insist(
        "stream " + request.body(),
        () ->
            isDecided(
                request, payment.get(), door.stream(request, payment.get().header(), choice)));
  }

  /**
   * Once a stream has begun it is not asked for again: what is lost of it is not kept by anybody.
   */
  private boolean isDecided(
      Request request, ChannelPayment.Call payment, Optional<HttpResponse<InputStream>> answer) {
    if (answer.isEmpty()) {
      return false;
    }
    try (var stream = answer.get().body()) {
      return switch (answer.get().statusCode()) {
        case 200 -> {
          read(request, payment, stream);
          yield true;
        }
        case 402 -> isOver(payment, Door.required(answer.get()));
        default -> false;
      };
    } catch (IOException broken) {
      lost(payment);
      return true;
    }
  }

  private void read(Request request, ChannelPayment.Call payment, InputStream stream)
      throws IOException {
    int wanted = choice.nextInt(6) == 0 ? choice.nextInt(CountingProvider.PARTS) : -1;
    var lines = new BufferedReader(new InputStreamReader(stream, UTF_8));
    int parts = 0;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data: {\"text\"") && ++parts == wanted) {
        lost(payment);
        return;
      }
      if (line.equals(SETTLEMENT)) {
        var said = Door.settlement(lines.readLine().substring("data: ".length()));
        testimony.answered(request, parts + " parts");
        settled(request, payment, said, true);
        return;
      }
    }
    lost(payment);
  }
}
