package io.stoa.persistence.till;

import io.stoa.domain.Address;
import io.stoa.domain.channel.CallId;
import io.stoa.domain.listing.ListingId;

/** What a payer calls one of its calls of a listing, where each has a payment of its own. */
public record CallName(Address payer, ListingId listing, CallId id) {}
