package io.stoa.market.discovery;

import io.stoa.domain.listing.Manifest;
import io.stoa.market.inference.DescribedCall;
import io.stoa.market.inference.Ware;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.extension.DiscoveryItem;
import io.stoa.x402.extension.OriginManifest;
import io.stoa.x402.extension.ResourceType;
import io.stoa.x402.extension.ServiceMetadata;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One line of the catalogue: a call that its provider describes, or a whole listing of which no
 * call is described.
 *
 * @param manifested the same in the origin's manifest, which has described calls only
 * @param name what a search finds first
 * @param text what else it finds
 */
record Entry(
    Place place,
    DiscoveryItem item,
    Optional<OriginManifest.Item> manifested,
    Words name,
    Words text) {

  /** Where an entry stands, whatever comes and goes around it. */
  record Place(long listing, int call) {}

  static Stream<Entry> of(Ware ware, URI origin) {
    return ware.calls().isEmpty()
        ? Stream.of(whole(ware, origin))
        : IntStream.range(0, ware.calls().size())
            .mapToObj(call -> described(ware, call, ware.calls().get(call), origin));
  }

  private static Entry whole(Ware ware, URI origin) {
    var manifest = ware.manifest();
    var about = manifest.description().isEmpty() ? manifest.title() : manifest.description();
    var item =
        new DiscoveryItem(
            origin.resolve(ware.path()).toString(),
            ResourceType.HTTP,
            ware.accepts(),
            ware.since(),
            Optional.of(about),
            Optional.empty(),
            service(manifest),
            ware.extensions());
    return new Entry(
        new Place(ware.id().value(), 0), item, Optional.empty(), name(ware), text(manifest, ""));
  }

  private static Entry described(Ware ware, int number, DescribedCall call, URI origin) {
    var manifest = ware.manifest();
    var said = call.said();
    var about = said.description().isEmpty() ? manifest.title() : said.description();
    var resource =
        new PaymentRequired.Resource(
            origin.resolve(call.path()).toString(), about, said.output().mediaType());
    var item =
        new DiscoveryItem(
            resource.url(),
            ResourceType.HTTP,
            ware.accepts(),
            ware.since(),
            Optional.of(about),
            Optional.of(resource.mimeType()),
            service(manifest),
            call.extensions());
    var manifested =
        new OriginManifest.Item(
            resource, item.service(), ware.accepts(), call.call(), call.route(), List.of());
    return new Entry(
        new Place(ware.id().value(), number),
        item,
        Optional.of(manifested),
        name(ware),
        text(manifest, said.description() + " " + said.path()));
  }

  /** The title where it is plain and short, and the kind. */
  private static ServiceMetadata service(Manifest manifest) {
    var said = HeaderCodec.object().put("serviceName", manifest.title());
    said.putArray("tags").add(kind(manifest));
    return ServiceMetadata.sanitised(said);
  }

  private static String kind(Manifest manifest) {
    return manifest.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Words name(Ware ware) {
    return Words.of(ware.manifest().title() + " " + ware.listing());
  }

  private static Words text(Manifest manifest, String more) {
    return Words.of(manifest.description() + " " + kind(manifest) + " " + more);
  }
}
