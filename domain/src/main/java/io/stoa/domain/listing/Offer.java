package io.stoa.domain.listing;

import io.stoa.domain.TokenAmount;

/** One price plan of a listing. */
public sealed interface Offer {
  /** The provider's own name of the plan, unique within its listing. */
  String name();

  /** A fixed price for each request, whatever it costs the provider. */
  record PerCall(String name, TokenAmount price) implements Offer {}
}
