package io.stoa.domain.listing;

import io.stoa.domain.Bytes32;
import io.stoa.domain.Cid;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a provider says of one version of a listing (docs/schemas/manifest.schema.json). Immutable:
 * it is named by its hash.
 *
 * @param title one line for people
 * @param description what it is for; may be empty
 * @param licence an SPDX expression
 * @param artifacts the files that belong to it
 * @param endpoint where it is called; absent for things that are only downloaded
 */
public record Manifest(
    String title,
    String description,
    ListingKind kind,
    String licence,
    List<Artifact> artifacts,
    Optional<Endpoint> endpoint) {
  public Manifest {
    artifacts = List.copyOf(artifacts);
  }

  /**
   * One file.
   *
   * @param sha256 of the whole content, whatever its CID's codec
   * @param size in bytes
   */
  public record Artifact(String name, Cid cid, Bytes32 sha256, long size, String mediaType) {}

  /**
   * The provider's own service.
   *
   * @param url the base below which requests are passed through
   * @param nodes the nodes (did:web) whose signed requests it takes; empty: any node's
   * @param calls what it answers, as far as it says; of several that fit a request the first counts
   */
  public record Endpoint(URI url, List<String> nodes, List<Call> calls) {
    public Endpoint {
      nodes = List.copyOf(nodes);
      calls = List.copyOf(calls);
    }
  }
}
