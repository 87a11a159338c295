package io.stoa.market.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.CallPath;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.market.inference.DescribedCall;
import io.stoa.market.inference.Ware;
import io.stoa.x402.HeaderCodec;
import io.stoa.x402.MalformedPayment;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Tools from the little that a test says of them. */
final class Described {
  private Described() {}

  static Tool tool(Call call) {
    return Tool.of(ware(call)).findFirst().orElseThrow();
  }

  static Ware ware(Call... calls) {
    return ware(7, "stoa/minilm", calls);
  }

  static Ware ware(long id, String path, Call... calls) {
    var listing = ListingPath.parse(path);
    var endpoint =
        new Manifest.Endpoint(URI.create("https://p.example"), List.of(), List.of(calls));
    return new Ware(
        new ListingId(id),
        listing,
        new Manifest("MiniLM", "", ListingKind.MODEL, "MIT", List.of(), Optional.of(endpoint)),
        Instant.EPOCH,
        List.of(),
        HeaderCodec.object(),
        Stream.of(calls)
            .map(call -> DescribedCall.of(listing, call, HeaderCodec.object()))
            .toList());
  }

  static Call call(Call.Method method, String path, Call.Place place, String example) {
    return new Call(
        method,
        new CallPath(path),
        "",
        new Call.Input(place, new Call.Example(example, "{\"type\":\"object\"}")),
        new Call.Output("application/json", Optional.empty()));
  }

  static Call get(String path) {
    return call(Call.Method.GET, path, Call.Place.QUERY, "{\"size\":3}");
  }

  static ObjectNode json(String text) {
    try {
      return HeaderCodec.parse(text.getBytes(UTF_8)).json();
    } catch (MalformedPayment malformed) {
      throw new AssertionError(text, malformed);
    }
  }
}
