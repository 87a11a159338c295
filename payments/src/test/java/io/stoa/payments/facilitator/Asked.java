package io.stoa.payments.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.crypto.Abi;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.payment.SignedPermit.Witness;
import io.stoa.testkit.TestChain;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.client.ChannelBuyer;
import io.stoa.x402.client.ChannelLimits;
import io.stoa.x402.client.ChannelPayment;
import io.stoa.x402.client.PayerChannel;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.facilitator.FacilitatorRequest;
import io.stoa.x402.permit2.Permit2;
import io.stoa.x402.permit2.Permit2Domain;
import io.stoa.x402.permit2.Permit2Payments;
import io.stoa.x402.permit2.PermitAuthorization;
import java.math.BigInteger;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What a server asks a facilitator, as JSON that tests may bend. */
record Asked(ObjectNode json) {
  static final TestChain CHAIN = TestChain.shared();
  static final Address PAYEE = Address.parse("0x2000000000000000000000000000000000004020");
  static final BigInteger PRICE = BigInteger.valueOf(1_000);

  private static final byte[] APPROVE = Abi.selector("approve(address,uint256)");
  private static final BigInteger FOREVER = BigInteger.TWO.pow(255);

  FacilitatorRequest request() throws MalformedPayment {
    return FacilitatorRequest.read(json.toString().getBytes(UTF_8));
  }

  ObjectNode at(String pointer) {
    return (ObjectNode) json.at(pointer);
  }

  /** By EIP-3009. */
  static Asked transfer(SigningKey payer) {
    var required = required(option(ExactEip3009.SCHEME, ExactEip3009.extra(CHAIN.dollarDomain())));
    var buyer = new Buyer(payer, TokenAmount.of(CHAIN.dollar(), 1_000), Clock.systemUTC());
    var option = buyer.choose(required).orElseThrow();
    return of(payload(buyer.pay(required, option).header()), option);
  }

  /** By Permit2, of scheme {@code exact}. */
  static Asked permit(SigningKey payer) {
    return permit(
        payer,
        option(ExactEip3009.SCHEME, Permit2Payments.exactExtra(CHAIN.dollarDomain())),
        new Witness.Exact(PAYEE, BigInteger.ZERO));
  }

  /** Of scheme {@code upto}. */
  static Asked upto(SigningKey payer, Address facilitator) {
    return permit(
        payer,
        option(Permit2Payments.UPTO, Permit2Payments.uptoExtra(CHAIN.dollarDomain(), facilitator)),
        new Witness.Upto(PAYEE, facilitator, BigInteger.ZERO));
  }

  private static Asked permit(SigningKey payer, PaymentRequirements option, Witness witness) {
    var permit =
        new PermitAuthorization(
                TokenAmount.of(CHAIN.dollar(), 1_000),
                random().toUnsigned(),
                BigInteger.valueOf(Clock.systemUTC().instant().getEpochSecond() + 60),
                witness)
            .signedBy(payer, Permit2Domain.of(TestChain.ID));
    var message = HeaderCodec.object().put("x402Version", 2);
    message.set("accepted", option.json());
    var payload = message.putObject("payload").put("signature", permit.signature().toString());
    var authorization =
        payload
            .putObject("permit2Authorization")
            .put("from", payer.address().toString())
            .put("spender", permit.spender().toString())
            .put("nonce", permit.nonce().toString())
            .put("deadline", permit.deadline().toString());
    authorization
        .putObject("permitted")
        .put("token", option.asset().toString())
        .put("amount", PRICE.toString());
    var fields = authorization.putObject("witness").put("to", PAYEE.toString());
    if (witness instanceof Witness.Upto(_, var facilitator, _)) {
      fields.put("facilitator", facilitator.toString());
    }
    fields.put("validAfter", "0");
    return of(message, option);
  }

  /** Lets Permit2 move what {@code payer} has; for an account with gas. */
  static void approvePermit2(SigningKey payer) {
    CHAIN.send(
        payer,
        CHAIN.dollar().token(),
        Bytes.wrap(Abi.call(APPROVE, Abi.word(Permit2.CONTRACT), Abi.word(FOREVER))));
  }

  /** Somebody who pays out of a channel. */
  static final class Channel {
    private final PaymentRequired required;
    private final PaymentRequirements option;
    private final ChannelBuyer buyer;
    private PayerChannel channel;

    Channel(SigningKey payer, Address authorizer) {
      this.option =
          option(
              ChannelTerms.SCHEME,
              new ChannelTerms(authorizer, 900, Optional.empty()).extra(CHAIN.dollarDomain()));
      this.required = required(option);
      this.buyer =
          new ChannelBuyer(
              payer,
              new ChannelLimits(
                  TokenAmount.of(CHAIN.dollar(), 1_000),
                  BigInteger.valueOf(10_000),
                  BigInteger.ZERO),
              Clock.systemUTC());
      this.channel = buyer.open(option, random());
    }

    /** The next payment: the first comes with a deposit. */
    Asked next() {
      return of(payload(call().header()), option);
    }

    ChannelPayment.Call call() {
      return buyer.pay(channel, required, option).orElseThrow();
    }

    /** Goes on as after a deposit that arrived. */
    void holds(long balance) {
      channel =
          buyer.resume(
              option, channel.config().salt(), BigInteger.valueOf(balance), BigInteger.ZERO);
    }

    Asked refund() {
      return of(
          payload(buyer.refund(channel, required, option, Optional.empty()).orElseThrow().header()),
          option);
    }
  }

  private static PaymentRequirements option(String scheme, ObjectNode extra) {
    return new PaymentRequirements(
        scheme, TestChain.ID, PRICE, CHAIN.dollar().token(), PAYEE, 60, extra);
  }

  private static PaymentRequired required(PaymentRequirements option) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource("https://shop.example/answers", "answers", "text/plain"),
        List.of(option),
        HeaderCodec.object());
  }

  private static Asked of(ObjectNode payload, PaymentRequirements option) {
    var json = HeaderCodec.object().put("x402Version", 2);
    json.set("paymentPayload", payload);
    json.set("paymentRequirements", option.json().deepCopy());
    return new Asked(json);
  }

  private static ObjectNode payload(String header) {
    try {
      return HeaderCodec.decode(header).json();
    } catch (MalformedPayment impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Bytes32 random() {
    var bytes = new byte[32];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Bytes32.of(bytes);
  }
}
