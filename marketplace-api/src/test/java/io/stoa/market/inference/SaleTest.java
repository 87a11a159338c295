package io.stoa.market.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.CallPath;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.ListingPath;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.persistence.mirror.ForSale;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.PaymentPayload;
import io.stoa.x402.PaymentRequired;
import io.stoa.x402.PaymentRequirements;
import io.stoa.x402.client.Buyer;
import io.stoa.x402.exact.ExactEip3009;
import io.stoa.x402.exact.TokenDomain;
import io.stoa.x402.extension.Bazaar;
import io.stoa.x402.extension.Discovered;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SaleTest {
  private static final ListingPath PATH = ListingPath.parse("stoa/minilm");
  private static final String URL = "https://m.example/x/stoa/minilm";
  private static final Asset DOLLAR =
      new Asset(new ChainId(31337), Address.parse("0x" + "05".repeat(20)));
  private static final Sale.Asked ASKED = new Sale.Asked(URL + "/ask/7", "POST", "/ask/7");

  @Test
  void rule21AnEchoOfWhatIsToldOfTheCallMayAddToItButNotChangeIt() throws MalformedPayment {
    // Given
    var sale = saleOf(terms("/ask/:id", "{\"q\":[1,{\"a\":null}]}"));
    var required = sale.required(ASKED, Usage.NOTHING);

    // When, Then
    assertThat(sale.objection(required, ASKED, paid(required))).isEmpty();
    assertThat(sale.objection(required, ASKED, echoing(required, body -> body.put("more", 1))))
        .isEmpty();
    assertThat(sale.objection(required, ASKED, echoing(required, body -> body.put("q", 1))))
        .contains("extension_echo_mismatch");
    assertThat(sale.objection(required, ASKED, echoing(required, body -> body.remove("q"))))
        .contains("extension_echo_mismatch");
  }

  @Test
  void rule19WhatSupersededTermsToldOfTheCallMayBeEchoedWhileTheyHold() throws MalformedPayment {
    // Given
    var before = saleOf(terms("/ask/:id", "{\"q\":1}"));
    var told = before.required(ASKED, Usage.NOTHING);

    // When
    var now = saleOf(terms("/ask/:id", "{\"q\":2}"), before.current());
    var later = saleOf(terms("/ask/:id", "{\"q\":2}"));

    // Then
    var required = now.required(ASKED, Usage.NOTHING);
    assertThat(now.objection(required, ASKED, paid(told))).isEmpty();
    assertThat(now.objection(required, ASKED, paid(required))).isEmpty();
    assertThat(later.objection(required, ASKED, paid(told))).contains("extension_echo_mismatch");
  }

  @Test
  void rule65WhatA402TellsOfACallIsTakenByCatalogues() throws MalformedPayment {
    for (var method : Call.Method.values()) {
      for (var place : places(method)) {
        // Given
        var call =
            call(method, place, "/ask/:id", place == Call.Place.TEXT ? "\"q\"" : "{\"q\":1}");
        var asked = new Sale.Asked(URL + "/ask/7", method.name(), "/ask/7");
        var required = saleOf(terms(call)).required(asked, Usage.NOTHING);

        // When
        var discovered = Discovered.read(paid(required), SaleTest::accepts);

        // Then
        assertThat(discovered.orElseThrow().resource()).isEqualTo(URL + "/ask/:id");
        assertThat(discovered.orElseThrow().call())
            .isEqualTo(new Discovered.Call.Http(method.name()));
      }
    }
  }

  @Test
  void theFirstCallThatFitsCounts() {
    // Given
    var sale =
        saleOf(
            terms(
                call(Call.Method.POST, Call.Place.JSON, "/ask/7", "{\"q\":7}"),
                call(Call.Method.POST, Call.Place.JSON, "/ask/:id", "{\"q\":1}")));

    // When
    var seven = sale.required(ASKED, Usage.NOTHING);
    var other = sale.required(new Sale.Asked(URL + "/ask/8", "POST", "/ask/8"), Usage.NOTHING);
    var none = sale.required(new Sale.Asked(URL + "/ask", "POST", "/ask"), Usage.NOTHING);

    // Then
    assertThat(body(seven).path("q").intValue()).isEqualTo(7);
    assertThat(body(other).path("q").intValue()).isEqualTo(1);
    assertThat(none.extensions().has(Bazaar.KEY)).isFalse();
  }

  @Test
  void aCallWithoutADescriptionIsDescribedByTheTitle() {
    var required = saleOf(terms("/ask/:id", "{}")).required(ASKED, Usage.NOTHING);

    assertThat(required.resource())
        .isEqualTo(new PaymentRequired.Resource(URL + "/ask/7", "MiniLM", "application/json"));
  }

  @Test
  void whatIsNotWorthItsGasIsNotTakenUnlessItWasQuotedWhenItWas() throws MalformedPayment {
    // Given
    var before = saleOf(terms());
    var payment = paid(before.required(ASKED, Usage.NOTHING));

    // When
    var soon = saleOf(terms(1_001), before.current());
    var later = saleOf(terms(1_001));

    // Then
    for (var now : List.of(soon, later)) {
      assertThat(now.required(ASKED, Usage.NOTHING).accepts()).isEmpty();
    }
    assertThat(soon.find(payment, Usage.NOTHING)).isPresent();
    assertThat(soon.payable(Usage.NOTHING)).hasSize(1);
    assertThat(later.find(payment, Usage.NOTHING)).isEmpty();
    assertThat(later.payable(Usage.NOTHING)).isEmpty();
  }

  private static Stream<Call.Place> placesOf(Call.Method method) {
    return switch (method) {
      case GET, HEAD, DELETE -> Stream.of(Call.Place.QUERY);
      case POST, PUT, PATCH -> Stream.of(Call.Place.JSON, Call.Place.FORM_DATA, Call.Place.TEXT);
    };
  }

  private static List<Call.Place> places(Call.Method method) {
    return placesOf(method).toList();
  }

  private static Call call(Call.Method method, Call.Place place, String path, String example) {
    return new Call(
        method,
        new CallPath(path),
        "",
        new Call.Input(place, new Call.Example(example, "{}")),
        new Call.Output(
            "application/json", Optional.of(new Call.Example("[7]", "{\"type\":\"array\"}"))));
  }

  private static Sale.Terms terms(String path, String example) {
    return terms(call(Call.Method.POST, Call.Place.JSON, path, example));
  }

  private static Sale.Terms terms(Call... calls) {
    return terms(1, calls);
  }

  private static Sale.Terms terms(long leastPrice, Call... calls) {
    var endpoint =
        new Manifest.Endpoint(URI.create("https://p.example"), List.of(), List.of(calls));
    var domain = TokenDomain.of(DOLLAR, "USD Coin", "2");
    var price = TokenAmount.of(DOLLAR, 1_000);
    var option =
        new PaymentRequirements(
            ExactEip3009.SCHEME,
            DOLLAR.chain(),
            price.units(),
            DOLLAR.token(),
            Address.parse("0x" + "07".repeat(20)),
            60,
            ExactEip3009.extra(domain));
    var options =
        List.of(
            new Sale.Option(
                new Offer.PerCall("call", price), domain, option, BigInteger.valueOf(leastPrice)));
    var extensions = Sale.extensions(options);
    return new Sale.Terms(
        new Purchase(new ListingId(1), Bytes32.ZERO, Bytes32.ZERO),
        endpoint,
        options,
        extensions,
        Stream.of(calls).map(call -> DescribedCall.of(PATH, call, extensions)).toList());
  }

  private static Sale saleOf(Sale.Terms... versions) {
    var terms = versions[0];
    var manifest =
        new Manifest(
            "MiniLM", "", ListingKind.MODEL, "MIT", List.of(), Optional.of(terms.endpoint()));
    var listing =
        new ForSale(
            PATH,
            manifest,
            List.of(
                new ForSale.Terms(
                    new ListingId(1),
                    Bytes32.ZERO,
                    Bytes32.ZERO,
                    Address.parse("0x" + "07".repeat(20)),
                    terms.endpoint(),
                    List.of(),
                    Instant.EPOCH,
                    Optional.empty())));
    return new Sale(listing, List.of(versions));
  }

  private static PaymentPayload paid(PaymentRequired required) throws MalformedPayment {
    var buyer =
        new Buyer(
            SigningKey.of(Keccak.hash("buyer")), BigInteger.valueOf(1_000), Clock.systemUTC());
    var told = PaymentRequired.read(required.header());
    return PaymentPayload.read(buyer.pay(told, buyer.choose(told).orElseThrow()).header());
  }

  private static PaymentPayload echoing(PaymentRequired required, Consumer<ObjectNode> change)
      throws MalformedPayment {
    var bent = PaymentRequired.read(required.header());
    change.accept(body(bent));
    return paid(bent);
  }

  private static ObjectNode body(PaymentRequired required) {
    return (ObjectNode) required.extensions().path(Bazaar.KEY).at("/info/input/body");
  }

  private static boolean accepts(ObjectNode schema, ObjectNode value) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(value)
        .isEmpty();
  }
}
