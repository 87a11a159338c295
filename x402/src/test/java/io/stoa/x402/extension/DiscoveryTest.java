package io.stoa.x402.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.x402.Example;
import io.stoa.x402.HeaderCodec;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveryTest {
  private static final Instant UPDATED = Instant.parse("2026-05-04T03:02:01Z");
  private static final ServiceMetadata SERVICE =
      new ServiceMetadata(
          Optional.of("MiniLM"), List.of("text"), Optional.of("https://m.example/icon.png"));

  @Test
  void anItemSaysWhatIsSoldAndHow() {
    // Given
    var item =
        new DiscoveryItem(
            Example.URL,
            ResourceType.HTTP,
            List.of(Example.offer()),
            UPDATED,
            Optional.of("one inference"),
            Optional.of("application/json"),
            SERVICE,
            Example.object("{'bazaar':{'info':{},'schema':{}}}"));

    // When, Then
    assertThat(item.json())
        .isEqualTo(
            with(
                "accepts",
                """
                {'resource':'https://m.example/v1/infer','type':'http','x402Version':2,
                 'accepts':[],'lastUpdated':'2026-05-04T03:02:01Z','description':'one inference',
                 'mimeType':'application/json','serviceName':'MiniLM','tags':['text'],
                 'iconUrl':'https://m.example/icon.png',
                 'extensions':{'bazaar':{'info':{},'schema':{}}}}
                """));
  }

  @Test
  void anItemLeavesOutWhatIsNotKnown() {
    assertThat(bare().json())
        .isEqualTo(
            with(
                "accepts",
                """
                {'resource':'mcp://tool/infer','type':'mcp','x402Version':2,'accepts':[],
                 'lastUpdated':'2026-05-04T03:02:01Z'}
                """));
  }

  @Test
  void rule64APageSaysItsLimitOffsetAndTheTotal() {
    // When
    var json = new DiscoveryPage(List.of(bare()), 20, 40, 41).json();

    // Then
    assertThat(json.at("/items/0")).isEqualTo(bare().json());
    json.remove("items");
    assertThat(json)
        .hasToString(
            "{\"x402Version\":2,\"pagination\":{\"limit\":20,\"offset\":40,\"total\":41}}");
  }

  @ParameterizedTest
  @CsvSource({"0,0,0,0", "0,101,0,0", "2,1,0,2", "0,20,-1,0", "0,20,0,-1"})
  void rule64APageKeepsItsBounds(int items, int limit, long offset, long total) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new DiscoveryPage(Collections.nCopies(items, bare()), limit, offset, total));
  }

  @Test
  void aSearchSaysWhereItGoesOn() {
    // When
    var part = new DiscoverySearch(List.of(bare()), 1, Optional.of("next")).json();
    var last = new DiscoverySearch(List.of(), 1, Optional.empty()).json();

    // Then
    assertThat(part.at("/resources/0")).isEqualTo(bare().json());
    assertThat(part.get("partialResults").booleanValue()).isTrue();
    assertThat(part.get("pagination")).isEqualTo(Example.object("{'limit':1,'cursor':'next'}"));
    assertThat(last)
        .isEqualTo(
            Example.object(
                "{'x402Version':2,'resources':[],'partialResults':false,"
                    + "'pagination':{'limit':1,'cursor':null}}"));
  }

  @Test
  void anOriginTellsWhatItSells() {
    // Given
    var item =
        new OriginManifest.Item(
            Example.required().resource(),
            SERVICE,
            List.of(Example.offer()),
            BazaarExample.embeddings(),
            RouteTemplate.find("/v1/:what"),
            List.of("payment-identifier"));

    // When
    var json = new OriginManifest(UPDATED, List.of(item)).json();

    // Then
    assertThat(json.at("/items/0"))
        .isEqualTo(
            with(
                "accepts",
                """
                {'resource':{'url':'https://m.example/v1/infer','description':'one inference',
                  'mimeType':'application/json','serviceName':'MiniLM','tags':['text'],
                  'iconUrl':'https://m.example/icon.png'},
                 'type':'http','accepts':[],
                 'input':{'method':'POST','bodyType':'json','body':{'input':'hello'},
                  'routeTemplate':'/v1/:what'},
                 'output':{'type':'json','example':{'data':[]}},
                 'requires':['payment-identifier']}
                """));
    json.remove("items");
    assertThat(json)
        .isEqualTo(Example.object("{'x402Version':2,'lastUpdated':'2026-05-04T03:02:01Z'}"));
  }

  @Test
  void anOriginLeavesOutWhatIsNotKnown() {
    // Given
    var item =
        new OriginManifest.Item(
            Example.required().resource(),
            ServiceMetadata.NONE,
            List.of(),
            BazaarExample.weather(),
            Optional.empty(),
            List.of());

    // When, Then
    assertThat(new OriginManifest(UPDATED, List.of(item)).json().at("/items/0"))
        .isEqualTo(
            Example.object(
                """
                {'resource':{'url':'https://m.example/v1/infer','description':'one inference',
                  'mimeType':'application/json'},
                 'type':'http','accepts':[],'input':{'method':'GET','queryParams':{'days':3}}}
                """));
  }

  private static DiscoveryItem bare() {
    return new DiscoveryItem(
        "mcp://tool/infer",
        ResourceType.MCP,
        List.of(Example.offer()),
        UPDATED,
        Optional.empty(),
        Optional.empty(),
        ServiceMetadata.NONE,
        HeaderCodec.object());
  }

  /** The object, with the example's offer in an array. */
  private static ObjectNode with(String array, String json) {
    var object = Example.object(json);
    object.withArray(array).add(Example.offer().json());
    return object;
  }
}
