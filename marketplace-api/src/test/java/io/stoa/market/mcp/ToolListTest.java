package io.stoa.market.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.listing.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ToolListTest {
  @Test
  void pagesTogetherHoldEveryToolOnce() {
    // Given
    var wares =
        IntStream.range(1, 5)
            .mapToObj(
                id ->
                    Described.ware(
                        id,
                        "stoa/s" + id,
                        IntStream.range(0, 32)
                            .mapToObj(call -> Described.get("/c" + call))
                            .toArray(Call[]::new)))
            .toList();
    var tools = ToolList.of(wares);

    // When
    var names = new ArrayList<String>();
    var sizes = new ArrayList<Integer>();
    var page = tools.page(Optional.empty());
    while (true) {
      sizes.add(page.tools().size());
      page.tools().forEach(tool -> names.add(tool.name()));
      if (page.next().isEmpty()) {
        break;
      }
      page = tools.page(page.next());
    }

    // Then
    assertThat(sizes).containsExactly(50, 50, 28);
    assertThat(names).containsExactlyElementsOf(tools.byName().keySet());
  }

  @Test
  void aPageGoesOnWhereOneEndedWhoseLastToolIsGone() {
    // Given
    var tools = ToolList.of(List.of(Described.ware(7, "stoa/s", Described.get("/a"))));

    // Then
    assertThat(tools.page(Optional.of(new Tool.Place(6, 31))).tools()).hasSize(1);
    assertThat(tools.page(Optional.of(new Tool.Place(7, 0))).tools()).isEmpty();
  }

  @Test
  void ofSeveralDescriptionsOfOneCallTheFirstCounts() {
    // When
    var tools =
        ToolList.of(
            List.of(
                Described.ware(
                    7,
                    "stoa/s",
                    Described.call(Call.Method.POST, "/a", Call.Place.JSON, "1"),
                    Described.call(Call.Method.POST, "/a", Call.Place.TEXT, "\"x\""))));

    // Then
    assertThat(tools.byName()).hasSize(1);
    assertThat(tools.find("stoa.s.post.a").orElseThrow().place().call()).isZero();
  }
}
