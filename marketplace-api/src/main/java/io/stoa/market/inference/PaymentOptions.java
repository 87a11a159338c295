package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.batch.ChannelTerms;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.permit2.Permit2Payments;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The ways to pay for what is offered, the one that costs least first (x402 §13): buyers take the
 * first they can.
 */
final class PaymentOptions {
  private final Function<Asset, Optional<PayableToken>> tokens;
  private final ChannelTerms channels;
  private final BigInteger callsPerDeposit;
  private final BigInteger leastDeposit;
  private final BigInteger leastPrice;
  private final Address settler;
  private final int maxTimeoutSeconds;

  /**
   * @param tokens that may be paid with now
   * @param channels what is asked of every channel
   * @param callsPerDeposit how many of the dearest calls a deposit must at least be good for
   * @param leastDeposit that is worth its gas, in the smallest unit of any token
   * @param leastPrice the same of a payment that is settled on its own
   * @param settler the only account that can settle payments of scheme {@code upto}
   * @param maxTimeout how long a buyer may make its authorization live
   */
  PaymentOptions(
      Function<Asset, Optional<PayableToken>> tokens,
      ChannelTerms channels,
      int callsPerDeposit,
      BigInteger leastDeposit,
      BigInteger leastPrice,
      Address settler,
      Duration maxTimeout) {
    this.tokens = tokens;
    this.channels = channels;
    this.callsPerDeposit = BigInteger.valueOf(callsPerDeposit);
    this.leastDeposit = leastDeposit;
    this.leastPrice = leastPrice;
    this.settler = settler;
    this.maxTimeoutSeconds = Math.toIntExact(maxTimeout.toSeconds());
  }

  List<Sale.Option> of(ForSale.Terms terms) {
    return of(terms, leastPrice);
  }

  /** The same, had it no least price: what was quoted while that was another. */
  List<Sale.Option> ofAnyPrice(ForSale.Terms terms) {
    return of(terms, BigInteger.ZERO);
  }

  private List<Sale.Option> of(ForSale.Terms terms, BigInteger leastPrice) {
    return terms.offers().stream()
        .flatMap(
            offer ->
                tokens.apply(offer.price().asset()).stream()
                    .flatMap(token -> of(offer, token, terms.splitter(), leastPrice)))
        .toList();
  }

  private Stream<Sale.Option> of(
      Offer offer, PayableToken token, Address payTo, BigInteger leastPrice) {
    var ways = isUpfront(offer) ? upfront(token) : afterwards(offer, token);
    return ways.stream()
        .map(way -> option(offer, token, payTo, way, leastPrice))
        .filter(option -> option.of(Usage.NOTHING).isPresent());
  }

  private static boolean isUpfront(Offer offer) {
    return offer instanceof Offer.PerCall(_, _, var flow) && flow == Offer.Flow.UPFRONT;
  }

  /** No other scheme settles before the call. */
  private static List<Way> upfront(PayableToken token) {
    return exact(token).stream()
        .map(way -> new Way(way.scheme, PaymentRequirements.upfront(way.extra)))
        .toList();
  }

  private List<Way> afterwards(Offer offer, PayableToken token) {
    var ways = new ArrayList<Way>();
    var domain = token.domain();
    if (token.methods().transfers()) {
      ways.add(new Way(ChannelTerms.SCHEME, channel(offer).extra(domain)));
    } else if (token.isPermit2Ready()) {
      ways.add(byPermit2(ChannelTerms.SCHEME, token, channel(offer).permit2Extra(domain)));
    }
    if (offer instanceof Offer.PerUnit && token.isPermit2Ready()) {
      var extra = Permit2Payments.uptoExtra(domain, settler);
      ways.add(byPermit2(Permit2Payments.UPTO, token, extra));
    }
    exact(token).ifPresent(ways::add);
    return ways;
  }

  private static Optional<Way> exact(PayableToken token) {
    var domain = token.domain();
    if (token.methods().transfers()) {
      return Optional.of(new Way(ExactEip3009.SCHEME, ExactEip3009.extra(domain)));
    }
    return token.isPermit2Ready()
        ? Optional.of(byPermit2(ExactEip3009.SCHEME, token, Permit2Payments.exactExtra(domain)))
        : Optional.empty();
  }

  private record Way(String scheme, ObjectNode extra) {}

  /** The token's own domain is of use only to who signs an approval for Permit2. */
  private static Way byPermit2(String scheme, PayableToken token, ObjectNode extra) {
    return new Way(
        scheme, token.methods().approvals() ? extra : extra.without(List.of("name", "version")));
  }

  private ChannelTerms channel(Offer offer) {
    return new ChannelTerms(
        channels.receiverAuthorizer(),
        channels.withdrawDelay(),
        Optional.of(offer.price().units().multiply(callsPerDeposit).max(leastDeposit)));
  }

  private Sale.Option option(
      Offer offer, PayableToken token, Address payTo, Way way, BigInteger leastPrice) {
    var price = offer.price();
    return new Sale.Option(
        offer,
        token.domain(),
        new PaymentRequirements(
            way.scheme,
            price.asset().chain(),
            price.units(),
            price.asset().token(),
            payTo,
            maxTimeoutSeconds,
            way.extra),
        way.scheme.equals(ChannelTerms.SCHEME) ? BigInteger.ZERO : leastPrice);
  }
}
