package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.extension.Bazaar;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.Eip2612GasSponsoring;
import io.stoa.x402.extension.PaymentIdentifier;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A listing that can be bought now, with everything a 402 needs.
 *
 * @param versions the current terms first, then those superseded so recently that a buyer may still
 *     hold them
 */
record Sale(ForSale listing, List<Terms> versions) {
  private static final ObjectNode EXTENSIONS =
      HeaderCodec.fixed(
          HeaderCodec.object()
              .<ObjectNode>set(PaymentIdentifier.KEY, PaymentIdentifier.part(false))
              .set(ChannelHeadroom.KEY, ChannelHeadroom.part()));

  private static final ObjectNode PERMIT2_EXTENSIONS =
      HeaderCodec.fixed(
          EXTENSIONS.deepCopy().set(Eip2612GasSponsoring.KEY, Eip2612GasSponsoring.part()));

  Sale {
    versions = List.copyOf(versions);
  }

  /** What stands in every 402 with these options. Shared: never modified. */
  static ObjectNode extensions(List<Option> options) {
    return options.stream().anyMatch(Option::isByPermit2) ? PERMIT2_EXTENSIONS : EXTENSIONS;
  }

  /**
   * One version of the terms: they never change, only others take their place.
   *
   * @param extensions of a 402 to a call that nobody describes
   */
  record Terms(
      Purchase purchase,
      Manifest.Endpoint endpoint,
      List<Option> options,
      ObjectNode extensions,
      List<DescribedCall> calls) {
    Terms {
      options = List.copyOf(options);
      calls = List.copyOf(calls);
    }

    Optional<DescribedCall> find(Asked asked) {
      for (var call : calls) {
        if (call.isOf(asked.method, asked.rest)) {
          return Optional.of(call);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * A request, as far as a 402 depends on it.
   *
   * @param url public, without the query
   * @param rest the path below the listing
   */
  record Asked(String url, String method, String rest) {}

  /**
   * One way to pay.
   *
   * @param most what is asked of a request without limits
   * @param least that is worth its gas, in the asset's smallest unit
   */
  record Option(Offer offer, TokenDomain domain, PaymentRequirements most, BigInteger least) {

    boolean isByPermit2() {
      return most.assetTransferMethod().equals(PaymentRequirements.PERMIT2);
    }

    /**
     * What is asked of a request that needs no more than {@code limits}; empty when it is too
     * little. Nothing is not: it is never sent.
     */
    Optional<PaymentRequirements> of(Usage limits) {
      var ceiling = offer.ceiling(limits);
      if (ceiling.signum() > 0 && ceiling.compareTo(least) < 0) {
        return Optional.empty();
      }
      return Optional.of(ceiling.equals(most.amount()) ? most : most.priced(ceiling));
    }
  }

  /**
   * What a payment was made for.
   *
   * @param requirements the option as it was asked of this request
   */
  record Chosen(Terms terms, Option option, PaymentRequirements requirements) {}

  Terms current() {
    return versions.getFirst();
  }

  /** Whether what is asked depends on the request. */
  boolean isMetered() {
    return versions.stream()
        .flatMap(terms -> terms.options.stream())
        .anyMatch(option -> option.offer instanceof Offer.PerUnit);
  }

  /**
   * @param limits of the request; none ask for the most
   */
  PaymentRequired required(Asked asked, Usage limits) {
    var call = current().find(asked);
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(
            asked.url,
            call.map(known -> known.said().description())
                .filter(text -> !text.isEmpty())
                .orElse(listing.manifest().title()),
            call.map(known -> known.said().output().mediaType()).orElse("application/json")),
        asked(current(), limits).toList(),
        call.map(DescribedCall::extensions).orElse(current().extensions));
  }

  /**
   * Why a payment is not for this request: the reason code. What superseded terms said of the call
   * may be echoed as long as they hold.
   *
   * @param required what is asked now
   */
  Optional<String> objection(PaymentRequired required, Asked asked, PaymentPayload payload) {
    return required
        .objection(payload)
        .filter(
            reason ->
                versions.stream()
                    .skip(1)
                    .flatMap(terms -> terms.find(asked).stream())
                    .map(call -> required.with(Bazaar.KEY, call.bazaar()))
                    .noneMatch(before -> before.objection(payload).isEmpty()));
  }

  /** Everything that may still be paid for, what is asked now first. */
  List<PaymentRequirements> payable(Usage limits) {
    return versions.stream().flatMap(terms -> asked(terms, limits)).toList();
  }

  private static Stream<PaymentRequirements> asked(Terms terms, Usage limits) {
    return terms.options.stream().flatMap(option -> option.of(limits).stream());
  }

  /** The option a buyer chose, among the terms that still hold. */
  Optional<Chosen> find(PaymentPayload payload, Usage limits) {
    for (var terms : versions) {
      for (var option : terms.options) {
        var asked = option.of(limits).filter(each -> each.admits(payload.accepted()));
        if (asked.isPresent()) {
          return Optional.of(new Chosen(terms, option, asked.get()));
        }
      }
    }
    return Optional.empty();
  }

  Ware ware() {
    return new Ware(
        current().purchase.listing(),
        listing.path(),
        listing.manifest(),
        listing.terms().getFirst().from(),
        current().options.stream().map(Option::most).toList(),
        current().extensions,
        current().calls);
  }
}
