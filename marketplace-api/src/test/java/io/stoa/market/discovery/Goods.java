package io.stoa.market.discovery;

import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.CallPath;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.market.inference.DescribedCall;
import io.stoa.market.inference.Ware;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.PaymentRequirements;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Things for sale. */
final class Goods {
  static final URI ORIGIN = URI.create("https://m.example");
  static final Instant SINCE = Instant.parse("2026-05-04T03:02:01Z");
  static final Address SELLER = Address.parse("0x" + "07".repeat(20));

  private Goods() {}

  static Ware listing(long id, String path, String title, String description) {
    return listing(id, path, title, description, List.of(option("exact", 31337)));
  }

  static Ware listing(
      long id,
      String path,
      String title,
      String description,
      List<PaymentRequirements> accepts,
      Call... calls) {
    var endpoint =
        new Manifest.Endpoint(URI.create("https://p.example"), List.of(), List.of(calls));
    return new Ware(
        new ListingId(id),
        ListingPath.parse(path),
        new Manifest(
            title, description, ListingKind.MODEL, "MIT", List.of(), Optional.of(endpoint)),
        SINCE,
        accepts,
        HeaderCodec.object(),
        Stream.of(calls)
            .map(call -> DescribedCall.of(ListingPath.parse(path), call, HeaderCodec.object()))
            .toList());
  }

  static PaymentRequirements option(String scheme, long chain) {
    return new PaymentRequirements(
        scheme,
        new ChainId(chain),
        BigInteger.TEN,
        Address.parse("0x" + "05".repeat(20)),
        SELLER,
        60,
        HeaderCodec.object());
  }

  static Call call(String path, String description) {
    return new Call(
        Call.Method.POST,
        new CallPath(path),
        description,
        new Call.Input(Call.Place.JSON, new Call.Example("{\"q\":1}", "{}")),
        new Call.Output("application/json", Optional.of(new Call.Example("{\"a\":2}", "{}"))));
  }
}
