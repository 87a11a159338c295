package io.stoa.persistence.mirror;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.Listing.Documents;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.NullUnmarked;

/** A row of the view {@code mirror.listing_now}. */
@Entity
@Immutable
@NullUnmarked
@Table(schema = "mirror", name = "listing_now")
class ListingNow {
  @Id long id;
  String provider;
  String service;
  String kind;
  byte[] owner;
  String status;
  byte[] splitter;
  int version;
  byte[] cid;
  byte[] sha256;

  @Column(name = "published_at")
  Instant publishedAt;

  @Column(name = "offers_root")
  byte[] offersRoot;

  @Column(name = "manifest_state")
  String manifestState;

  @Column(name = "manifest_reason")
  String manifestReason;

  String manifest;

  @Column(name = "offers_state")
  String offersState;

  @Column(name = "offers_reason")
  String offersReason;

  String offers;

  Listing listing() {
    return new Listing(
        new ListingId(id),
        new ListingPath(Provider.parse(provider), new ServiceName(service)),
        Address.of(owner),
        ListingKind.valueOf(kind),
        ListingStatus.valueOf(status),
        Address.of(splitter),
        version,
        readable(cid),
        Bytes32.of(sha256),
        Bytes32.of(offersRoot),
        publishedAt,
        documents());
  }

  static Optional<Cid> readable(byte[] cid) {
    try {
      return Optional.of(Cid.of(cid));
    } catch (IllegalArgumentException anotherForm) {
      return Optional.empty();
    }
  }

  private Documents documents() {
    if ("INVALID".equals(manifestState)) {
      return new Documents.Invalid("Manifest: " + manifestReason);
    }
    if ("INVALID".equals(offersState)) {
      return new Documents.Invalid("Offers: " + offersReason);
    }
    if (!"VALID".equals(manifestState) || !"VALID".equals(offersState)) {
      return new Documents.Pending();
    }
    var read = DocumentJson.manifest(manifest);
    return read.kind().name().equals(kind)
        ? new Documents.Valid(read, DocumentJson.offers(offers))
        : new Documents.Invalid(
            "Manifest: it says " + read.kind() + ", the listing was published as " + kind);
  }
}
