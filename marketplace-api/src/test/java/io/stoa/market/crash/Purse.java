package io.stoa.market.crash;

import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.PaymentId;
import io.stoa.domain.payment.SignedPermit;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.extension.PaymentIdentifier;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Signs payments of their own, by one scheme. */
interface Purse {
  BigInteger CAP = BigInteger.valueOf(10_000);
  int LIFE_SECONDS = 55;

  Signed pay(PaymentRequired terms);

  /**
   * @param header as it is sent
   */
  record Signed(PaymentId id, String header) {}

  /** The price, by EIP-3009. */
  static Purse exact(SigningKey wallet) {
    var buyer = new Buyer(wallet, CAP, Clock.systemUTC());
    return terms -> {
      var payment = buyer.pay(terms, buyer.choose(terms).orElseThrow());
      return new Signed(payment.id(), payment.header());
    };
  }

  /** A most, by Permit2, which the wallet has approved. */
  static Purse upto(SigningKey wallet, RandomGenerator choice) {
    return terms -> {
      var option =
          terms.accepts().stream()
              .filter(each -> each.scheme().equals(Permit2Payments.UPTO))
              .findFirst()
              .orElseThrow();
      var permit =
          new PermitAuthorization(
                  new TokenAmount(new Asset(option.network(), option.asset()), option.amount()),
                  BigInteger.valueOf(choice.nextLong()).abs(),
                  BigInteger.valueOf(Instant.now().getEpochSecond() + LIFE_SECONDS),
                  new SignedPermit.Witness.Upto(
                      option.payTo(),
                      Address.parse(option.extra().path("facilitatorAddress").asText()),
                      BigInteger.ZERO))
              .signedBy(wallet, Permit2Domain.of(option.network()));
      return new Signed(permit.key().id(), header(terms, option, permit));
    };
  }

  private static String header(
      PaymentRequired terms, PaymentRequirements option, SignedPermit permit) {
    var message = HeaderCodec.object().put("x402Version", 2);
    message.putObject("resource").put("url", terms.resource().url());
    message.set("accepted", option.json());
    var payload = message.putObject("payload").put("signature", permit.signature().toString());
    var authorization =
        payload
            .putObject("permit2Authorization")
            .put("from", permit.payer().toString())
            .put("spender", permit.spender().toString())
            .put("nonce", permit.nonce().toString())
            .put("deadline", permit.deadline().toString());
    authorization
        .putObject("permitted")
        .put("token", option.asset().toString())
        .put("amount", option.amount().toString());
    authorization
        .putObject("witness")
        .put("to", option.payTo().toString())
        .put("facilitator", option.extra().path("facilitatorAddress").asText())
        .put("validAfter", "0");
    message
        .putObject("extensions")
        .set(PaymentIdentifier.KEY, terms.extensions().path(PaymentIdentifier.KEY));
    return HeaderCodec.encode(message);
  }
}
