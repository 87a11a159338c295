package io.stoa.market.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoa.domain.listing.Call;
import io.stoa.domain.listing.ListingPath;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolTest {
  @ParameterizedTest
  @CsvSource({
    "stoa/minilm, /v1/embeddings, stoa.minilm.get.v1.embeddings",
    "stoa/minilm, '', stoa.minilm.get",
    "stoa/gpt-4.1, /v1/items/:id, stoa.gpt-4_.1.get.v1.items._pid",
    "stoa/minilm, /a_b/c.d/~e, stoa.minilm.get.a__b.c_.d._te",
    "0x00000000000000000000000000000000000000aa/x, /y, 0x00000000000000000000000000000000000000aa.x.get.y"
  })
  void theNameIsTheListingTheMethodAndThePath(String listing, String path, String name) {
    assertThat(ToolName.of(ListingPath.parse(listing), Described.get(path))).isEqualTo(name);
  }

  @Test
  void callsThatDifferHaveNamesThatDiffer() {
    // Given
    var calls =
        List.of(
            "stoa/a.get /b",
            "stoa/a /get/b",
            "stoa/a /_b",
            "stoa/a /:b",
            "stoa/a /.b".replace("/.", "/b."),
            "stoa/a /~b",
            "stoa/a /tb",
            "stoa/a /b",
            "stoa/a /b_",
            "stoa/a /b/_");

    // When
    var names =
        calls.stream()
            .map(call -> call.split(" ", 2))
            .map(call -> ToolName.of(ListingPath.parse(call[0]), Described.get(call[1])))
            .toList();

    // Then
    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[A-Za-z0-9_.-]+"));
  }

  @Test
  void aLongNameEndsWithTheHashOfAllOfIt() {
    // When
    var names =
        Stream.of("a", "b")
            .map(last -> Described.get("/" + "x".repeat(190) + last))
            .map(call -> ToolName.of(ListingPath.parse("stoa/minilm"), call))
            .toList();

    // Then
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).allMatch(name -> name.matches("stoa[.]minilm[.]get[.]x+-[0-9a-f]{32}"));
    assertThat(names).allMatch(name -> name.length() == 128);
  }

  @Test
  void theInputIsDescribedAsInTheBazaar() {
    // When
    var tool = Described.tool(Described.get("/items/:id")).json();

    // Then
    assertThat(tool.path("name").asText()).isEqualTo("stoa.minilm.get.items._pid");
    assertThat(tool.path("title").asText()).isEqualTo("MiniLM");
    assertThat(tool.path("inputSchema"))
        .isEqualTo(
            Described.json(
                """
                {"type":"object","properties":{
                  "pathParams":{"type":"object","properties":{"id":{"type":"string","minLength":1}},
                    "required":["id"],"additionalProperties":false},
                  "queryParams":{"type":"object","examples":[{"size":3}]}},
                 "required":["pathParams"],"additionalProperties":false}
                """));
  }

  @Test
  void aBodyMustBeThere() {
    // When
    var schema =
        Described.tool(Described.call(Call.Method.POST, "/ask", Call.Place.JSON, "{\"q\":1}"))
            .json()
            .path("inputSchema");

    // Then
    assertThat(schema.at("/required/0").asText()).isEqualTo("body");
    assertThat(schema.at("/properties/body/examples/0/q").intValue()).isOne();
  }
}
