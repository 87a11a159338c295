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
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.NullUnmarked;

/** A row of the view {@code mirror.listing_now}. */
@Entity
@Immutable
@NullUnmarked
@IdClass(ListingNow.Key.class)
@Table(schema = "mirror", name = "listing_now")
class ListingNow {
  @Id
  @Column(name = "chain_id")
  long chain;

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

  String words;
  String manifest;
  String offers;
  String fault;

  @Column(name = "is_for_sale")
  boolean isForSale;

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
    if (fault != null) {
      return new Documents.Invalid(fault);
    }
    return manifest == null || offers == null
        ? new Documents.Pending()
        : new Documents.Valid(DocumentJson.manifest(manifest), DocumentJson.offers(offers));
  }

  record Key(long chain, long id) implements Serializable {
    private static final long serialVersionUID = 1L;
  }
}
