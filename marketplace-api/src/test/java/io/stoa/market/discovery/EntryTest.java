package io.stoa.market.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.x402.extension.Bazaar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryTest {
  private static final Entry DESCRIBED =
      Entry.of(
              Goods.listing(
                  7,
                  "stoa/minilm",
                  "MiniLM",
                  "",
                  List.of(Goods.option("upto", 8453), Goods.option("exact", 31337)),
                  Goods.call("/ask/:id", "Asks"),
                  Goods.call("/tell", "")),
              Goods.ORIGIN)
          .findFirst()
          .orElseThrow();

  @Test
  void aDescribedCallIsAnItemOfItsOwn() {
    // When
    var json = DESCRIBED.item().json();

    // Then
    assertThat(json.path("resource").asText()).isEqualTo("https://m.example/x/stoa/minilm/ask/:id");
    assertThat(json.path("type").asText()).isEqualTo("http");
    assertThat(json.path("accepts")).hasSize(2);
    assertThat(json.path("lastUpdated").asText()).isEqualTo(Goods.SINCE.toString());
    assertThat(json.path("description").asText()).isEqualTo("Asks");
    assertThat(json.path("serviceName").asText()).isEqualTo("MiniLM");
    assertThat(json.at("/tags/0").asText()).isEqualTo("model");
    assertThat(json.at("/extensions/bazaar/routeTemplate").asText())
        .isEqualTo("/x/stoa/minilm/ask/:id");
    assertThat(DESCRIBED.manifested().orElseThrow().route()).isPresent();
  }

  @Test
  void aListingWithoutDescribedCallsIsOneItemThatTellsNoMore() {
    // Given
    var ware = Goods.listing(7, "stoa/minilm", "A title of more than 32 characters", "All of it");

    // When
    var entries = Entry.of(ware, Goods.ORIGIN).toList();

    // Then
    assertThat(entries).hasSize(1);
    var item = entries.getFirst().item();
    assertThat(item.resource()).isEqualTo("https://m.example/x/stoa/minilm");
    assertThat(item.description()).contains("All of it");
    assertThat(item.service().serviceName()).isEmpty();
    assertThat(item.extensions().has(Bazaar.KEY)).isFalse();
    assertThat(entries.getFirst().manifested()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "true, http,,,,",
    "false, mcp,,,,",
    "true, , 0x0707070707070707070707070707070707070707,,,",
    "false, , 0x0808080808080808080808080808080808080808,,,",
    "true, , , exact,,",
    "false, , , batch-settlement,,",
    "true, , , , eip155:8453,",
    "false, , , , eip155:1,",
    "false, , , , solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp,",
    "true, , , , , bazaar",
    "false, , , , , sign-in-with-x",
    "true, http, 0x0707070707070707070707070707070707070707, upto, eip155:8453, bazaar",
    "false, , , upto, eip155:31337,"
  })
  void rule64AnItemMatchesWhenOneWayToPayIsAllThatIsAsked(
      boolean matches,
      String type,
      String payTo,
      String scheme,
      String network,
      String extensions) {
    assertThat(Filter.read(type, payTo, scheme, network, extensions).admits(DESCRIBED.item()))
        .isEqualTo(matches);
  }
}
