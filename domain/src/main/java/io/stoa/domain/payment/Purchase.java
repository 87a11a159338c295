package io.stoa.domain.payment;

import io.stoa.domain.Bytes32;
import io.stoa.domain.listing.ListingId;

/** The immutable version of a listing and of its prices that a payment is for. */
public record Purchase(ListingId listing, Bytes32 manifestSha256, Bytes32 offersRoot) {}
