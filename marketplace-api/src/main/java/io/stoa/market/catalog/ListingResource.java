package io.stoa.market.catalog;

import io.smallrye.mutiny.Uni;
import io.stoa.domain.MarketException;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Provider;
import io.stoa.domain.listing.ServiceName;
import io.stoa.market.web.Param;
import io.stoa.market.web.Problem;
import io.stoa.persistence.mirror.Listings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What is for sale, from the mirror. */
@Path("/v1/listings")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Catalogue")
@APIResponse(
    responseCode = "4XX",
    description = "The request cannot be served.",
    content =
        @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public class ListingResource {
  private static final int USUAL_PAGE = 20;
  private static final int LARGEST_PAGE = 100;
  private static final int LONGEST_TEXT = 200;

  private final Listings listings;

  ListingResource(Listings listings) {
    this.listings = listings;
  }

  @GET
  @Operation(operationId = "listListings", summary = "One page of listings, by ascending id")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ListingPage.class)))
  public Uni<ListingPage> page(
      @Parameter(
              description = "Only of this kind",
              schema = @Schema(implementation = ListingKind.class))
          @QueryParam("kind")
          @Nullable String kind,
      @Parameter(description = "Only of this handle or address") @QueryParam("provider")
          @Nullable String provider,
      @Parameter(description = "Words that must all stand in title or description") @QueryParam("q")
          @Nullable String text,
      @Parameter(description = "What an earlier page gave as next") @QueryParam("after")
          @Nullable String after,
      @Parameter(description = "1 to 100, else 20") @QueryParam("limit") @Nullable String limit) {
    int size = Param.number("limit", limit, USUAL_PAGE, 1, LARGEST_PAGE);
    var query =
        new Listings.Query(
            Param.find("kind", kind, ListingResource::kind),
            Param.find("provider", provider, Provider::parse),
            Param.find("q", text, ListingResource::words),
            Param.find("after", after, ListingResource::id),
            size + 1);
    return listings.page(query).map(found -> ListingPage.of(found, size));
  }

  @GET
  @Path("/{provider}/{service}")
  @Operation(operationId = "getListing", summary = "One listing")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ListingView.class)))
  public Uni<ListingView> get(
      @PathParam("provider") String provider, @PathParam("service") String service) {
    var path = path(provider, service);
    return listings.find(path).map(found -> ListingView.of(found.orElseThrow(() -> unknown(path))));
  }

  @GET
  @Path("/{provider}/{service}/versions")
  @Operation(operationId = "listVersions", summary = "Its manifests, the newest first")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = VersionList.class)))
  public Uni<VersionList> versions(
      @PathParam("provider") String provider, @PathParam("service") String service) {
    var path = path(provider, service);
    return listings
        .versions(path)
        .map(
            found -> {
              if (found.isEmpty()) {
                throw unknown(path);
              }
              return VersionList.of(found);
            });
  }

  private static ListingPath path(String provider, String service) {
    return new ListingPath(
        Param.read("provider", provider, Provider::parse),
        Param.read("service", service, ServiceName::new));
  }

  private static ListingKind kind(String text) {
    try {
      return ListingKind.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException("not one of " + List.of(ListingKind.values()), unknown);
    }
  }

  private static String words(String text) {
    if (text.length() > LONGEST_TEXT || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a text of 200 characters at most");
    }
    return text;
  }

  private static ListingId id(String digits) {
    try {
      return new ListingId(Long.parseLong(digits));
    } catch (NumberFormatException malformed) {
      throw new IllegalArgumentException("not what an earlier page gave as next", malformed);
    }
  }

  private static MarketException unknown(ListingPath path) {
    return new MarketException.NotFound("listing-unknown", "There is no listing " + path + ".");
  }
}
