package io.stoa.market.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoa.x402.extension.DiscoveryItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest {
  private static final Filter ANY = Filter.read(null, null, null, null, null);
  private static final List<Entry> ENTRIES =
      List.of(
              Goods.listing(1, "stoa/minilm", "Sentence embeddings", "For similar meanings"),
              Goods.listing(2, "stoa/weather", "Weather", "Rain and sun, in one sentence"),
              Goods.listing(3, "ada/rain-radar", "Radar", "Pictures of the weather"))
          .stream()
          .flatMap(ware -> Entry.of(ware, Goods.ORIGIN))
          .toList();

  @ParameterizedTest
  @CsvSource({
    "weather, stoa/weather ada/rain-radar",
    "WEATHER!, stoa/weather ada/rain-radar",
    "sentence, stoa/minilm stoa/weather",
    "rain, ada/rain-radar stoa/weather",
    "sentence rain, stoa/minilm stoa/weather ada/rain-radar",
    "rain weather, stoa/weather ada/rain-radar",
    "embed, stoa/minilm",
    "stoa, stoa/minilm stoa/weather",
    "model, stoa/minilm stoa/weather ada/rain-radar"
  })
  void whatHasMoreOfTheWordsComesFirst(String query, String found) {
    assertThat(found(query)).containsExactly(found.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bedding", "snow", "x"})
  void aWordIsFoundByItsBeginningOnly(String query) {
    assertThat(found(query)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void pagesFollowEachOtherWithoutAGap(int limit) {
    // Given
    var search = Search.parse("sentence rain");
    var all = new ArrayList<DiscoveryItem>();

    // When
    Optional<Search.Hit> after = Optional.empty();
    do {
      var page = search.in(ENTRIES, ANY, limit, after);
      assertThat(page.resources()).hasSizeBetween(1, limit);
      all.addAll(page.resources());
      after = page.cursor().map(Search.Hit::parse);
    } while (after.isPresent());

    // Then
    assertThat(paths(all)).containsExactly("stoa/minilm", "stoa/weather", "ada/rain-radar");
  }

  @Test
  void aPageGoesOnWhereTheLastOneEndedThoughThatEntryIsGone() {
    // Given
    var search = Search.parse("sentence rain");
    var cursor = search.in(ENTRIES, ANY, 2, Optional.empty()).cursor().map(Search.Hit::parse);

    // When
    var next =
        search.in(
            ENTRIES.stream().filter(entry -> entry.place().listing() != 2).toList(),
            ANY,
            2,
            cursor);

    // Then
    assertThat(paths(next.resources())).containsExactly("ada/rain-radar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "?!", "\0"})
  void aQueryWithoutAWordIsNone(String query) {
    assertThatIllegalArgumentException().isThrownBy(() -> Search.parse(query));
  }

  @Test
  void aQueryIsOf200CharactersAtMostAndItsFirst16WordsCount() {
    assertThat(Search.parse("a b c d e f g h i j k l m n o p q").words()).hasSize(16);
    assertThat(Search.parse("a".repeat(200)).words()).hasSize(1);
    assertThatIllegalArgumentException().isThrownBy(() -> Search.parse("a".repeat(201)));
  }

  private static List<String> found(String query) {
    return paths(Search.parse(query).in(ENTRIES, ANY, 20, Optional.empty()).resources());
  }

  private static List<String> paths(List<DiscoveryItem> items) {
    return items.stream()
        .map(item -> item.resource().substring((Goods.ORIGIN + "/x/").length()))
        .toList();
  }
}
