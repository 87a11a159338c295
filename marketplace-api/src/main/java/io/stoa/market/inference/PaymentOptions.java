package io.stoa.market.inference;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.rpc.RpcException;
import io.stoa.chain.token.TokenReads;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.listing.Offer;
import io.stoa.market.node.AcceptedAssets;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ways to pay for what is offered, the one that costs least first (x402 §13): buyers take the
 * first they can.
 */
final class PaymentOptions {
  private static final System.Logger LOG = System.getLogger(PaymentOptions.class.getName());

  private final TokenReads tokens;
  private final AcceptedAssets accepted;
  private final ChannelTerms channels;
  private final BigInteger callsPerDeposit;
  private final int maxTimeoutSeconds;
  private final Map<Asset, TokenDomain> domains = new HashMap<>();

  /**
   * @param channels what is asked of every channel
   * @param callsPerDeposit how many of the dearest calls a deposit must at least be good for
   * @param maxTimeout how long a buyer may make its authorization live
   */
  PaymentOptions(
      TokenReads tokens,
      AcceptedAssets accepted,
      ChannelTerms channels,
      int callsPerDeposit,
      Duration maxTimeout) {
    this.tokens = tokens;
    this.accepted = accepted;
    this.channels = channels;
    this.callsPerDeposit = BigInteger.valueOf(callsPerDeposit);
    this.maxTimeoutSeconds = Math.toIntExact(maxTimeout.toSeconds());
  }

  List<Sale.Option> of(ForSale.Terms terms) {
    return terms.offers().stream()
        .filter(offer -> accepted.contains(offer.price().asset()))
        .flatMap(offer -> of(offer, terms.splitter()))
        .toList();
  }

  private Stream<Sale.Option> of(Offer offer, Address payTo) {
    return domain(offer.price().asset()).stream()
        .flatMap(
            domain ->
                Stream.of(
                    option(offer, domain, payTo, ChannelTerms.SCHEME, channel(offer).extra(domain)),
                    option(offer, domain, payTo, ExactEip3009.SCHEME, ExactEip3009.extra(domain))));
  }

  private ChannelTerms channel(Offer offer) {
    return new ChannelTerms(
        channels.receiverAuthorizer(),
        channels.withdrawDelay(),
        Optional.of(offer.price().units().multiply(callsPerDeposit)));
  }

  private Sale.Option option(
      Offer offer, TokenDomain domain, Address payTo, String scheme, ObjectNode extra) {
    var price = offer.price();
    return new Sale.Option(
        offer,
        domain,
        new PaymentRequirements(
            scheme,
            price.asset().chain(),
            price.units(),
            price.asset().token(),
            payTo,
            maxTimeoutSeconds,
            extra));
  }

  /** Asks a token once; one that does not say what it signs cannot be paid with. */
  private Optional<TokenDomain> domain(Asset asset) {
    var known = domains.get(asset);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      var domain = TokenDomain.of(asset, tokens.name(asset.token()), tokens.version(asset.token()));
      domains.put(asset, domain);
      return Optional.of(domain);
    } catch (RpcException unreadable) {
      LOG.log(WARNING, "token cannot be paid with: " + asset, unreadable);
      return Optional.empty();
    }
  }
}
