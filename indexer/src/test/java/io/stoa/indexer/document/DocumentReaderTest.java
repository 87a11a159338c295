package io.stoa.indexer.document;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.Cid;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.CallPath;
import io.stoa.domain.listing.ListingKind;
import io.stoa.domain.listing.Manifest;
import io.stoa.domain.listing.Offer;
import io.stoa.domain.listing.Unit;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Bytes32 SHA256 = Bytes32.parse("0x" + "1f".repeat(32));
  private static final Cid FILE = Cid.of(Cid.Codec.DAG_PB, SHA256);
  private static final String TOKEN = "0x" + "5".repeat(40);

  private static final String MANIFEST =
      """
      {"title":"MiniLM","description":"Sentence embeddings\\nin 384 numbers","kind":"MODEL","licence":"Apache-2.0",
       "artifacts":[{"name":"model.onnx","cid":"%s","sha256":"%s","size":22972370,
         "mediaType":"application/octet-stream"}],
       "endpoint":{"url":"https://models.example:8443/v1","nodes":["did:web:stoa.example%%3A8080"]}}
      """
          .formatted(FILE, SHA256);

  private static final String OFFERS =
      """
      {"offers":[{"name":"call","type":"PER_CALL","price":{"amount":"1000","asset":"eip155:31337/erc20:%s"}}]}
      """
          .formatted(TOKEN);

  private static final String METERED =
      """
      {"offers":[{"name":"tokens","type":"PER_UNIT","price":{"amount":"20000","asset":"eip155:31337/erc20:%s"},"base":"1","per":1000,"units":[{"unit":"INPUT_TOKEN","amount":"100"},{"unit":"OUTPUT_TOKEN","amount":"0"}]}]}
      """
          .formatted(TOKEN);

  private static final String EMBED =
      """
      {"method":"POST","path":"/embeddings","description":"Embeds",
       "input":{"type":"json","example":{"input":["a",7,null]},
        "schema":{"type":"object","properties":{"input":{"type":["array","string"]}}}},
       "output":{"example":{"data":[]}}}
      """;

  private static final String LOOK_UP =
      """
      {"method":"GET","path":"/items/:id","input":{"type":"query","example":{}},"output":{"mediaType":"image/png"}}
      """;

  private final DocumentReader reader = new DocumentReader(CHAIN);

  @Test
  void aFullManifestIsRead() {
    // When
    var reading = reader.manifest(MANIFEST.getBytes(UTF_8));

    // Then
    assertThat(reading)
        .isEqualTo(
            new Reading.Valid<>(
                new Manifest(
                    "MiniLM",
                    "Sentence embeddings\nin 384 numbers",
                    ListingKind.MODEL,
                    "Apache-2.0",
                    List.of(
                        new Manifest.Artifact(
                            "model.onnx", FILE, SHA256, 22_972_370, "application/octet-stream")),
                    Optional.of(
                        new Manifest.Endpoint(
                            URI.create("https://models.example:8443/v1"),
                            List.of("did:web:stoa.example%3A8080"),
                            List.of())))));
  }

  @Test
  void callsAreRead() {
    // When
    var reading = reader.manifest(describing(EMBED, LOOK_UP));

    // Then
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Valid.class,
            valid ->
                assertThat(((Manifest) valid.content()).endpoint().orElseThrow().calls())
                    .containsExactly(
                        new Call(
                            Call.Method.POST,
                            new CallPath("/embeddings"),
                            "Embeds",
                            new Call.Input(
                                Call.Place.JSON,
                                new Call.Example(
                                    "{\"input\":[\"a\",7,null]}",
                                    "{\"type\":\"object\",\"properties\":{\"input\":{\"type\":[\"array\",\"string\"]}}}")),
                            new Call.Output(
                                "application/json",
                                Optional.of(new Call.Example("{\"data\":[]}", "{}")))),
                        new Call(
                            Call.Method.GET,
                            new CallPath("/items/:id"),
                            "",
                            new Call.Input(Call.Place.QUERY, new Call.Example("{}", "{}")),
                            new Call.Output("image/png", Optional.empty()))));
  }

  static Stream<Arguments> badCalls() {
    var large = "x".repeat(2048);
    return Stream.of(
        arguments("/0/method", EMBED.replace("POST", "TRACE")),
        arguments("/0/path", EMBED.replace("/embeddings", "/../embeddings")),
        arguments("/0/path", EMBED.replace("/embeddings", "embeddings")),
        arguments("/0/path", EMBED.replace("/embeddings", "/embeddings?a=b")),
        arguments("/0/path", EMBED.replace("/embeddings", "/" + "a".repeat(200))),
        arguments("/0/description", EMBED.replace("Embeds", "")),
        arguments("/0/description", EMBED.replace("Embeds", "E".repeat(201))),
        arguments("/0/input/type", EMBED.replace("\"json\"", "\"xml\"")),
        arguments("/0/input/type", EMBED.replace("\"json\"", "\"query\"")),
        arguments("/0/input/type", LOOK_UP.replace("\"query\"", "\"json\"")),
        arguments("/0/input/example", LOOK_UP.replace("{}", "[]")),
        arguments("/0/input/example", EMBED.replace("\"json\"", "\"text\"")),
        arguments("/0/input/example", EMBED.replace("[\"a\",7,null]", "{}")),
        arguments(
            "/0/output/example",
            EMBED.replace("{\"data\":[]}", "7,\"schema\":{\"type\":\"null\"}")),
        arguments("/0/output", LOOK_UP.replace("image/png\"", "image/png\",\"schema\":{}")),
        arguments(
            "/0/output/mediaType", LOOK_UP.replace("image/png\"", "image/png\",\"example\":7")),
        arguments("/0", EMBED.replace("7", "0.5")),
        arguments("/0", EMBED.replace("7", "1e400")),
        arguments("/0", EMBED.replace("7", "9007199254740992")),
        arguments("/0", EMBED.replace("7", "-9007199254740992")),
        arguments("/0", EMBED.replace("[\"a\"", "[\"" + large + "\"")),
        arguments("/0/input", LOOK_UP.replace("\"example\":{}", "\"schema\":{}")),
        arguments("/1", LOOK_UP + "," + LOOK_UP.replace("png", "gif")),
        arguments("", (LOOK_UP + ",").repeat(32) + LOOK_UP));
  }

  @ParameterizedTest
  @MethodSource("badCalls")
  void aCallThatBreaksARuleIsRefusedWithThePlace(String pointer, String calls) {
    // When
    var reading = reader.manifest(describing(calls));

    // Then
    assertThat(reading).isInstanceOf(Reading.Invalid.class);
    assertThat(((Reading.Invalid<Manifest>) reading).pointer())
        .isEqualTo("/endpoint/calls" + pointer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$ref\":\"#\"}",
        "{\"$ref\":\"https://evil.example/\"}",
        "{\"$id\":\"https://evil.example/\"}",
        "{\"$schema\":\"https://evil.example/\"}",
        "{\"properties\":{\"a\":{\"$dynamicRef\":\"#a\"}}}",
        "{\"properties\":{\"$ref\":{}}}",
        "{\"const\":{\"$ref\":\"#\"}}",
        "{\"pattern\":\"(a+)+$\"}",
        "{\"multipleOf\":3}",
        "{\"type\":\"text\"}",
        "true"
      })
  void rule65ASchemaThatLeadsElsewhereOrTakesLongIsRefused(String schema) {
    // When
    var reading =
        reader.manifest(
            describing(LOOK_UP.replace("\"example\":{}", "\"example\":{},\"schema\":" + schema)));

    // Then
    assertThat(reading).isInstanceOf(Reading.Invalid.class);
    assertThat(((Reading.Invalid<Manifest>) reading).pointer())
        .startsWith("/endpoint/calls/0/input/schema");
  }

  private static byte[] describing(String... calls) {
    return MANIFEST
        .replace("\"nodes\":", "\"calls\":[" + String.join(",", calls) + "],\"nodes\":")
        .getBytes(UTF_8);
  }

  @Test
  void aManifestNeedsNoMoreThanTitleKindAndLicence() {
    // When
    var reading =
        reader.manifest(
            "{\"title\":\"T\",\"kind\":\"DATASET\",\"licence\":\"MIT\"}".getBytes(UTF_8));

    // Then
    assertThat(reading)
        .isEqualTo(
            new Reading.Valid<>(
                new Manifest("T", "", ListingKind.DATASET, "MIT", List.of(), Optional.empty())));
  }

  @Test
  void offersAreRead() {
    // When
    var reading = reader.offers(OFFERS.getBytes(UTF_8));

    // Then
    var price = TokenAmount.of(Asset.parse("eip155:31337/erc20:" + TOKEN), 1_000);
    assertThat(reading)
        .isEqualTo(new Reading.Valid<List<Offer>>(List.of(new Offer.PerCall("call", price))));
  }

  @Test
  void offersThatArePaidUpfrontAreRead() {
    // Given
    var upfront = OFFERS.replace("\"PER_CALL\"", "\"PER_CALL\",\"flow\":\"UPFRONT\"");

    // When
    var reading = reader.offers(upfront.getBytes(UTF_8));

    // Then
    var price = TokenAmount.of(Asset.parse("eip155:31337/erc20:" + TOKEN), 1_000);
    assertThat(reading)
        .isEqualTo(
            new Reading.Valid<List<Offer>>(
                List.of(new Offer.PerCall("call", price, Offer.Flow.UPFRONT))));
  }

  @Test
  void meteredOffersAreRead() {
    // When
    var reading = reader.offers(METERED.getBytes(UTF_8));

    // Then
    var price = TokenAmount.of(Asset.parse("eip155:31337/erc20:" + TOKEN), 20_000);
    var units =
        Map.of(Unit.INPUT_TOKEN, BigInteger.valueOf(100), Unit.OUTPUT_TOKEN, BigInteger.ZERO);
    assertThat(reading)
        .isEqualTo(
            new Reading.Valid<List<Offer>>(
                List.of(new Offer.PerUnit("tokens", price, BigInteger.ONE, units, 1_000))));
  }

  @Test
  void withoutABaseOrANumberOfUnitsItIsNothingAndOne() {
    // When
    var reading =
        reader.offers(METERED.replace("\"base\":\"1\",\"per\":1000,", "").getBytes(UTF_8));

    // Then
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Valid.class,
            valid ->
                assertThat(valid.content())
                    .asInstanceOf(InstanceOfAssertFactories.list(Offer.PerUnit.class))
                    .first()
                    .satisfies(
                        offer -> {
                          assertThat(offer.base()).isZero();
                          assertThat(offer.per()).isEqualTo(1);
                        }));
  }

  static Stream<Arguments> badManifests() {
    return Stream.of(
        bad("/title", "\"MiniLM\"", "\"\""),
        bad("/title", "\"MiniLM\"", "7"),
        bad("/title", "\"MiniLM\"", "null"),
        bad("/title", "\"MiniLM\"", "\"" + "x".repeat(81) + "\""),
        bad("/title", "MiniLM", "\\u0000"),
        bad("/title", "MiniLM", "\\ud800 alone"),
        bad("/title", "MiniLM", "a\\u001bb"),
        bad("/description", "Sentence", "x".repeat(501)),
        bad("/kind", "MODEL", "SOUP"),
        bad("", "\"kind\":\"MODEL\",", ""),
        bad("", "\"title\":", "\"price\":1,\"title\":"),
        bad("", "\"title\":", "\"title\":\"twice\",\"title\":"),
        bad("/artifacts/0/cid", FILE.toString(), FILE.toString().replaceFirst("b", "B")),
        bad("/artifacts/0/cid", FILE.toString(), "b" + "z".repeat(58)),
        bad("/artifacts/0/sha256", SHA256.toString(), "0x1234"),
        bad("/artifacts/0/sha256", SHA256.toString(), SHA256 + "\\n"),
        bad("/artifacts/0/size", "22972370", "-1"),
        bad("/artifacts/0/size", "22972370", "1.5"),
        bad("/artifacts/0/size", "22972370", "1e400"),
        bad("/artifacts/0/name", "model.onnx", "../../etc/passwd"),
        bad("/artifacts/0/mediaType", "application/octet-stream", "text/html\\r\\nx: y"),
        bad("/artifacts/0", "\"size\":", "\"extra\":1,\"size\":"),
        bad("/endpoint/url", "https://models.example:8443", "ftp://models.example"),
        bad("/endpoint/url", "https://models.example:8443", "https://user@models.example"),
        bad("/endpoint/url", "https://models.example:8443", "https://:8443"),
        bad("/endpoint/url", "https://models.example:8443", "https://models.example:99999"),
        bad("/endpoint/url", "https://models.example:8443", "https://models example"),
        bad("/endpoint/url", "https://models.example:8443", "https://models.example/%zz"),
        bad("/endpoint/url", "/v1\"", "/v1?key=1\""),
        bad("/endpoint/nodes/0", "did:web:", "did:key:"));
  }

  private static Arguments bad(String pointer, String good, String bad) {
    assertThat(MANIFEST).contains(good);
    return arguments(pointer, MANIFEST.replace(good, bad));
  }

  @ParameterizedTest
  @MethodSource("badManifests")
  void aManifestThatBreaksARuleIsRefusedWithThePlace(String pointer, String manifest) {
    // When
    var reading = reader.manifest(manifest.getBytes(UTF_8));

    // Then
    assertThat(reading).isInstanceOf(Reading.Invalid.class);
    var invalid = (Reading.Invalid<Manifest>) reading;
    assertThat(invalid.pointer()).isEqualTo(pointer);
    assertThat(invalid.reason()).isNotBlank().doesNotContain("io.stoa", "Exception");
  }

  @Test
  void twoArtifactsOfOneNameAreRefused() {
    // Given
    var artifact = MANIFEST.substring(MANIFEST.indexOf("{\"name\""), MANIFEST.indexOf("}],") + 1);

    // When
    var reading =
        reader.manifest(MANIFEST.replace(artifact, artifact + "," + artifact).getBytes(UTF_8));

    // Then
    assertThat(reading).isEqualTo(new Reading.Invalid<>("/artifacts/1/name", "it is used twice"));
  }

  static Stream<Arguments> badOffers() {
    var offer = OFFERS.substring(OFFERS.indexOf('[') + 1, OFFERS.indexOf(']'));
    return Stream.of(
        arguments("/offers", "{\"offers\":[]}"),
        arguments("", "{}"),
        arguments("/offers/0/type", OFFERS.replace("PER_CALL", "AUCTION")),
        arguments("/offers/0/price/amount", OFFERS.replace("\"1000\"", "\"0\"")),
        arguments("/offers/0/price/amount", OFFERS.replace("\"1000\"", "\"01\"")),
        arguments("/offers/0/price/amount", OFFERS.replace("\"1000\"", "\"0.5\"")),
        arguments("/offers/0/price/amount", OFFERS.replace("\"1000\"", "1000")),
        arguments("/offers/0/price/amount", OFFERS.replace("1000", "9".repeat(39))),
        arguments("/offers/0/price/asset", OFFERS.replace("31337", "1")),
        arguments("/offers/0/price/asset", OFFERS.replace("erc20", "slip44")),
        arguments("/offers/0/base", METERED.replace("\"base\":\"1\"", "\"base\":\"-1\"")),
        arguments("/offers/0/per", METERED.replace("1000", "0")),
        arguments("/offers/0/units", METERED.replaceFirst("\\[\\{\"unit.*]", "[]}]")),
        arguments("/offers/0/units/0/unit", METERED.replace("INPUT_TOKEN", "WORD")),
        arguments("/offers/0/units/1/unit", METERED.replace("INPUT_TOKEN", "OUTPUT_TOKEN")),
        arguments("/offers/0/units/1/amount", METERED.replace("\"0\"", "\"0.5\"")),
        arguments("/offers/0", METERED.replace("PER_UNIT", "PER_CALL")),
        arguments("/offers/0/name", OFFERS.replace("\"call\"", "\"Call it\"")),
        arguments("/offers/1/name", OFFERS.replace(offer, offer + "," + offer)));
  }

  @ParameterizedTest
  @MethodSource("badOffers")
  void offersThatBreakARuleAreRefusedWithThePlace(String pointer, String offers) {
    // When
    var reading = reader.offers(offers.getBytes(UTF_8));

    // Then
    assertThat(reading).isInstanceOf(Reading.Invalid.class);
    assertThat(((Reading.Invalid<List<Offer>>) reading).pointer()).isEqualTo(pointer);
  }

  static Stream<byte[]> garbage() {
    return Stream.of(
        new byte[0],
        new byte[] {(byte) 0xff, 0, 1},
        "null".getBytes(UTF_8),
        "[]".getBytes(UTF_8),
        "7".getBytes(UTF_8),
        "{".getBytes(UTF_8),
        (MANIFEST + "{}").getBytes(UTF_8),
        MANIFEST.getBytes(UTF_16),
        "[".repeat(20_000).getBytes(UTF_8),
        (" ".repeat(DocumentReader.MAX_SIZE) + MANIFEST).getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void whatIsNoDocumentAtAllIsRefusedAsAWhole(byte[] bytes) {
    // When
    var reading = reader.manifest(bytes);

    // Then
    assertThat(reading).isInstanceOf(Reading.Invalid.class);
    assertThat(((Reading.Invalid<Manifest>) reading).pointer()).isEmpty();
  }
}
