package io.stoa.market.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.Cid;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Listing;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingStatus;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Unit;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A listing as anybody may see it. Title, description, licence, offers and artifacts are there once
 * its documents were found good; until then, and if they are bad, {@code unlisted} says why it is
 * not for sale.
 *
 * @param listing its permanent path, {@code provider/service}
 * @param id the token id of its title
 * @param splitter receives every payment for it
 * @param version counts its manifests, from 1
 * @param publishedAt when its present version was mined
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Listing")
public record ListingView(
    String listing,
    long id,
    ListingKind kind,
    ListingStatus status,
    String owner,
    @Nullable String title,
    @Nullable String description,
    @Nullable String licence,
    @Nullable List<OfferView> offers,
    ManifestView manifest,
    @Nullable List<ArtifactView> artifacts,
    String offersRoot,
    String splitter,
    int version,
    Instant publishedAt,
    @Nullable Unlisted unlisted) {

  /**
   * One way to buy it.
   *
   * @param price of a request, at most
   * @param flow when a request is paid for: after its answer, or before the service is asked
   * @param meter how the price comes about; absent when it is the same for every request
   */
  @Schema(name = "Offer")
  public record OfferView(
      String name, String type, PriceView price, String flow, @Nullable MeterView meter) {
    static OfferView of(Offer offer) {
      return switch (offer) {
        case Offer.PerCall(var name, var price, var flow) ->
            new OfferView(name, "PER_CALL", PriceView.of(price), flow.name(), null);
        case Offer.PerUnit metered ->
            new OfferView(
                metered.name(),
                "PER_UNIT",
                PriceView.of(metered.price()),
                Offer.Flow.AUTHORIZATION.name(),
                MeterView.of(metered));
      };
    }
  }

  /**
   * A price for what a request needs: {@code base} and the sum of its units, rounded up once.
   *
   * @param base in the price's asset
   * @param units what {@code per} of each unit cost
   */
  @Schema(name = "Meter")
  public record MeterView(String base, long per, Map<Unit, String> units) {
    static MeterView of(Offer.PerUnit offer) {
      var units = new EnumMap<Unit, String>(Unit.class);
      offer.units().forEach((unit, amount) -> units.put(unit, amount.toString()));
      return new MeterView(offer.base().toString(), offer.per(), units);
    }
  }

  /**
   * Money.
   *
   * @param amount in the asset's smallest unit
   * @param asset as CAIP-19
   */
  @Schema(name = "Price")
  public record PriceView(String amount, String asset) {
    static PriceView of(TokenAmount price) {
      return new PriceView(price.units().toString(), price.asset().toString());
    }
  }

  /**
   * The document that describes the present version.
   *
   * @param cid absent when the chain holds one of a form that is not read here
   */
  @Schema(name = "ManifestReference")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ManifestView(@Nullable String cid, String sha256) {}

  /**
   * One of its files.
   *
   * @param sha256 of the whole content
   * @param size in bytes
   */
  @Schema(name = "ListedArtifact")
  public record ArtifactView(String name, String cid, String sha256, long size, String mediaType) {
    static ArtifactView of(Manifest.Artifact artifact) {
      return new ArtifactView(
          artifact.name(),
          artifact.cid().toString(),
          artifact.sha256().toString(),
          artifact.size(),
          artifact.mediaType());
    }
  }

  /** Why it is shown, but not for sale. */
  @Schema(name = "Unlisted")
  public record Unlisted(String reason) {}

  static ListingView of(Listing listing) {
    return switch (listing.documents()) {
      case Listing.Documents.Valid(var manifest, var offers) ->
          of(
              listing,
              manifest,
              offers.stream().map(OfferView::of).toList(),
              manifest.artifacts().stream().map(ArtifactView::of).toList(),
              null);
      case Listing.Documents.Pending _ ->
          of(listing, null, null, null, new Unlisted("Its documents have not been found yet."));
      case Listing.Documents.Invalid(var reason) ->
          of(listing, null, null, null, new Unlisted(reason));
    };
  }

  private static ListingView of(
      Listing listing,
      @Nullable Manifest manifest,
      @Nullable List<OfferView> offers,
      @Nullable List<ArtifactView> artifacts,
      @Nullable Unlisted unlisted) {
    return new ListingView(
        listing.path().toString(),
        listing.id().value(),
        listing.kind(),
        listing.status(),
        listing.owner().toString(),
        manifest == null ? null : manifest.title(),
        manifest == null ? null : manifest.description(),
        manifest == null ? null : manifest.licence(),
        offers,
        new ManifestView(
            listing.manifestCid().map(Cid::toString).orElse(null),
            listing.manifestSha256().toString()),
        artifacts,
        listing.offersRoot().toString(),
        listing.splitter().toString(),
        listing.version(),
        listing.publishedAt(),
        unlisted);
  }
}
