package io.stoa.market.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stoa.domain.Cid;
import io.stoa.persistence.mirror.Listings;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Everything that was ever published under one path, the newest first. */
public record VersionList(List<VersionView> items) {
  static VersionList of(List<Listings.Version> versions) {
    return new VersionList(versions.stream().map(VersionView::of).toList());
  }

  /**
   * One published manifest.
   *
   * @param cid absent when the chain holds one of a form that is not read here
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Version")
  public record VersionView(int version, @Nullable String cid, String sha256, Instant publishedAt) {
    static VersionView of(Listings.Version version) {
      return new VersionView(
          version.version(),
          version.cid().map(Cid::toString).orElse(null),
          version.sha256().toString(),
          version.publishedAt());
    }
  }
}
