package io.stoa.market.inference;

import io.stoa.chain.UnsignedTransaction;
import io.stoa.chain.channel.ChannelCalls;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TokenAmount;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.SettlementResponse;
import io.stoa.x402.batch.ChannelContracts;
import io.stoa.x402.batch.DepositAuthorization;
import io.stoa.x402.batch.DepositCalls;
import io.stoa.x402.batch.DepositDigests;
import io.stoa.x402.client.ChannelAnswer;
import io.stoa.x402.client.ChannelBuyer;
import io.stoa.x402.client.ChannelLimits;
import io.stoa.x402.client.ChannelPayment;
import io.stoa.x402.client.PayerChannel;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Somebody who pays a shop out of one channel, with the client that the library has for it. */
final class ChannelWallet {
  final Shop shop;
  final SigningKey key;
  final ChannelBuyer buyer;
  PayerChannel channel;
  private ChannelPayment.@Nullable Call refused;

  /** A new wallet that put {@code units} into its channel by itself. */
  static ChannelWallet with(Shop shop, long units) {
    return withHeadroom(shop, units, 0);
  }

  /** One that signs up to {@code headroom} ahead, and names its calls. */
  static ChannelWallet withHeadroom(Shop shop, long units, long headroom) {
    var wallet = new ChannelWallet(shop, shop.buyerWith(units), headroom);
    wallet.deposit(units);
    return wallet;
  }

  ChannelWallet(Shop shop, SigningKey key, long headroom) {
    this.shop = shop;
    this.key = key;
    var dollar =
        new Asset(
            shop.market.surroundings().contracts().chain(),
            shop.market.surroundings().contracts().usdCoin());
    this.buyer =
        new ChannelBuyer(
            key,
            new ChannelLimits(
                new TokenAmount(dollar, BigInteger.valueOf(100_000)),
                BigInteger.valueOf(1_000_000),
                BigInteger.valueOf(headroom)),
            Clock.systemUTC());
    this.channel = buyer.open(chosen(terms()), Bytes32.sha256(key.address().toBytes()));
  }

  PaymentRequired terms() {
    return terms("{}");
  }

  PaymentRequired terms(String body) {
    return required(shop.ask(body));
  }

  PaymentRequirements chosen(PaymentRequired terms) {
    return buyer.choose(terms).orElseThrow();
  }

  /** Signs for one call, with a deposit if the channel is too small. */
  ChannelPayment.Call sign() {
    return sign("{}");
  }

  ChannelPayment.Call sign(String body) {
    return sign(terms(body));
  }

  ChannelPayment.Call sign(PaymentRequired terms) {
    return buyer.pay(channel, terms, chosen(terms)).orElseThrow();
  }

  /** Pays one call, and believes the reply only if it is right. */
  HttpResponse<String> call(String body) {
    var payment = sign(body);
    channel = payment.channel();
    var answer = shop.pay(payment.header(), body);
    if (answer.statusCode() == 200) {
      keep(payment, answer);
    } else if (answer.headers().firstValue("PAYMENT-RESPONSE").isPresent()) {
      channel = kept(channel.released(payment, settlement(answer)));
    } else {
      refused = payment;
    }
    return answer;
  }

  /** Asks for all that is left. */
  HttpResponse<String> refund() {
    var terms = terms();
    var asked = buyer.refund(channel, terms, chosen(terms), Optional.empty()).orElseThrow();
    var answer = shop.pay(asked.header(), "");
    channel = kept(channel.refunded(asked, settlement(answer)));
    return answer;
  }

  /** Adopts what a refusal proves to be true. */
  boolean correct(HttpResponse<String> refusal) {
    var corrected = buyer.corrected(channel, Objects.requireNonNull(refused), required(refusal));
    corrected.ifPresent(known -> channel = known);
    return corrected.isPresent();
  }

  static String reason(HttpResponse<String> refusal) {
    return required(refusal).error();
  }

  private static PaymentRequired required(HttpResponse<String> answer) {
    try {
      return PaymentRequired.read(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
    } catch (MalformedPayment malformed) {
      throw new AssertionError(malformed);
    }
  }

  void keep(ChannelPayment.Call payment, HttpResponse<String> answer) {
    channel = kept(channel.settled(payment, settlement(answer)));
  }

  private static PayerChannel kept(ChannelAnswer answer) {
    return switch (answer) {
      case ChannelAnswer.Kept(var after, _) -> after;
      case ChannelAnswer.Refused(_, var reason) -> throw new AssertionError(reason);
      case ChannelAnswer.Shrunk shrunk -> throw new AssertionError(shrunk);
      case ChannelAnswer.Broken(var fault) -> throw new AssertionError(fault);
    };
  }

  /** What the till says. */
  long charged() {
    return inTill("charged");
  }

  /** What the till says. */
  long reserved() {
    return inTill("reserved");
  }

  /** What the till says of calls in progress, at their last checkpoint. */
  long metered() {
    return inTill(
        "(select coalesce(sum(metered), 0) from till.reservation r"
            + " where r.channel_id = channel.channel_id)");
  }

  /** Tells the contract that the payer wants to leave, with all that is in the channel. */
  void giveNotice() {
    send(ChannelCalls.initiateWithdraw(channel.config(), channel.balance()));
  }

  /** Takes out what the contract gives to a payer that waited for long enough. */
  void leave() {
    send(ChannelCalls.finalizeWithdraw(channel.config()));
  }

  private long inTill(String column) {
    var database = shop.market.surroundings().database();
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var query =
            connection.prepareStatement(
                "select " + column + " from till.channel where channel_id = ?")) {
      query.setBytes(1, channel.id().value().toBytes());
      var rows = query.executeQuery();
      return rows.next() ? rows.getLong(1) : 0;
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  static SettlementResponse settlement(HttpResponse<String> answer) {
    try {
      return SettlementResponse.read(answer.headers().firstValue("PAYMENT-RESPONSE").orElseThrow());
    } catch (MalformedPayment malformed) {
      throw new AssertionError(malformed);
    }
  }

  private void deposit(long amount) {
    var units = BigInteger.valueOf(amount);
    var terms = chosen(terms());
    var salt = BigInteger.ONE;
    var forever = BigInteger.TWO.pow(40);
    var digest =
        DepositDigests.receive(
            key.address(),
            units,
            BigInteger.ZERO,
            forever,
            DepositDigests.nonce(channel.id(), salt),
            TokenDomain.of(
                channel.config().asset(),
                terms.extra().path("name").asText(),
                terms.extra().path("version").asText()));
    var authorization =
        new DepositAuthorization.Erc3009(
            BigInteger.ZERO, forever, salt, Bytes.of(key.sign(digest).toBytes()));
    send(
        ChannelCalls.deposit(
            channel.config(),
            units,
            DepositCalls.collector(authorization),
            DepositCalls.collectorData(authorization)));
    channel = buyer.resume(terms, channel.config().salt(), units, BigInteger.ZERO);
  }

  private void send(Bytes data) {
    var surroundings = shop.market.surroundings();
    shop.chain("anvil_setBalance", key.address().toString(), "0xde0b6b3a7640000");
    surroundings.send(
        key,
        UnsignedTransaction.call(
            surroundings.contracts().chain(), ChannelContracts.CHANNELS, data));
  }
}
