package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.extension.ChannelHeadroom;
import io.stoa.x402.extension.PaymentIdentifier;
import java.util.List;
import java.util.Optional;

/**
 * A listing that can be bought now, with everything a 402 needs.
 *
 * @param versions the current terms first, then those superseded so recently that a buyer may still
 *     hold them
 */
record Sale(String title, List<Terms> versions) {
  private static final ObjectNode EXTENSIONS =
      HeaderCodec.object()
          .<ObjectNode>set(PaymentIdentifier.KEY, PaymentIdentifier.part(false))
          .set(ChannelHeadroom.KEY, ChannelHeadroom.part());

  Sale {
    versions = List.copyOf(versions);
  }

  /** One version of the terms: they never change, only others take their place. */
  record Terms(Purchase purchase, Manifest.Endpoint endpoint, List<Option> options) {
    Terms {
      options = List.copyOf(options);
    }
  }

  /**
   * One way to pay.
   *
   * @param most what is asked of a request without limits
   */
  record Option(Offer offer, TokenDomain domain, PaymentRequirements most) {

    /** What is asked of a request that needs no more than {@code limits}. */
    PaymentRequirements of(Usage limits) {
      var ceiling = offer.ceiling(limits);
      return ceiling.equals(most.amount()) ? most : most.priced(ceiling);
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
  PaymentRequired required(String url, Usage limits) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(url, title, "application/json"),
        current().options.stream().map(option -> option.of(limits)).toList(),
        EXTENSIONS);
  }

  /** The option a buyer chose, among the terms that still hold. */
  Optional<Chosen> find(PaymentPayload payload, Usage limits) {
    for (var terms : versions) {
      for (var option : terms.options) {
        var requirements = option.of(limits);
        if (requirements.admits(payload.accepted())) {
          return Optional.of(new Chosen(terms, option, requirements));
        }
      }
    }
    return Optional.empty();
  }
}
