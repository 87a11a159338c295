package io.stoa.market.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.payment.Purchase;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.exact.TokenDomain;
import java.util.List;
import java.util.Optional;

/**
 * A listing that can be bought now, with everything a 402 needs.
 *
 * @param versions the current terms first, then those superseded so recently that a buyer may still
 *     hold them
 */
record Sale(String title, List<Terms> versions) {
  Sale {
    versions = List.copyOf(versions);
  }

  /** One version of the terms: they never change, only others take their place. */
  record Terms(Purchase purchase, Manifest.Endpoint endpoint, List<Option> options) {
    Terms {
      options = List.copyOf(options);
    }
  }

  /** One way to pay. */
  record Option(PaymentRequirements requirements, TokenDomain domain) {}

  /** What a payment was made for. */
  record Chosen(Terms terms, Option option) {}

  Terms current() {
    return versions.getFirst();
  }

  PaymentRequired required(String url) {
    return new PaymentRequired(
        PaymentRequired.NO_PAYMENT,
        new PaymentRequired.Resource(url, title, "application/json"),
        current().options.stream().map(Option::requirements).toList(),
        noExtensions());
  }

  /** The option a buyer chose, among the terms that still hold. */
  Optional<Chosen> find(PaymentPayload payload) {
    return versions.stream()
        .flatMap(
            terms ->
                terms.options.stream()
                    .filter(option -> option.requirements.admits(payload.accepted()))
                    .map(option -> new Chosen(terms, option)))
        .findFirst();
  }

  private static ObjectNode noExtensions() {
    return HeaderCodec.object();
  }
}
