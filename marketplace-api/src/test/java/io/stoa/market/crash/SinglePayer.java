package io.stoa.market.crash;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.SigningKey;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.extension.PaymentIdentifier;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Random;

/**
 * Pays each call by an authorization of its own. It names some of its calls, and sometimes sends
 * two copies of a payment at once.
 */
final class SinglePayer extends Customer {
  private final String path;
  private final Purse purse;

  SinglePayer(String name, Shop shop, SigningKey wallet, Purse purse, String path) {
    super(name, shop);
    this.path = path;
    this.purse = purse;
    testimony.has(wallet);
  }

  @Override
  void buy() {
    var request = Request.plain(path, name, nextNumber());
    var terms = door.terms(request, choice);
    if (terms.isEmpty()) {
      Door.beforeAskingAgain();
      return;
    }
    var wanted = choice.nextInt(3) == 0 ? named(terms.get(), request) : terms.get();
    var payment = purse.pay(wanted);
    testimony.signed(payment.id(), request, payment.header());
    if (choice.nextInt(5) == 0) {
      var another = new Random(choice.nextLong());
      Thread.ofVirtual()
          .start(() -> isDecided(request, payment, door.pay(request, payment.header(), another)));
    }
    insist(
        "payment " + payment.id(),
        () -> isDecided(request, payment, door.pay(request, payment.header(), choice)));
  }

  /** Whether sending it again would change nothing. */
  private boolean isDecided(
      Request request, Purse.Signed payment, Optional<HttpResponse<String>> answer) {
    if (answer.isEmpty()) {
      return false;
    }
    int status = answer.get().statusCode();
    if (status == 200) {
      testimony.answered(request, answer.get().body());
      moments.happened(Moment.CUSTOMER_SERVED);
    } else if (status != 402 && status < 500) {
      testimony.complains(
          "%s got %d for payment %s: %s"
              .formatted(name, status, payment.id(), answer.get().body()));
    }
    return status < 500;
  }

  private static PaymentRequired named(PaymentRequired terms, Request request) {
    ObjectNode part = ((ObjectNode) terms.extensions().path(PaymentIdentifier.KEY)).deepCopy();
    ((ObjectNode) part.path("info")).put("id", request.digest().toString());
    return terms.with(PaymentIdentifier.KEY, part);
  }
}
