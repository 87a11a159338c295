package io.stoa.domain.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallTest {
  private static final Call.Example NOTHING = new Call.Example("{}", "{}");

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "/answers, /answers",
    "/v1/answers.json, /v1/answers.json",
    "/items/:id, /items/7",
    "/items/:id/parts/:part, /items/a%20b/parts/c.d",
    "/:any, /:any"
  })
  void aPathMatchesWhatItNames(String path, String request) {
    assertThat(new CallPath(path).matches(request)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', /",
    "/answers, ''",
    "/answers, /answer",
    "/answers, /answers/",
    "/answers, /answers/1",
    "/answers/1, /answers",
    "/items/:id, /items/",
    "/items/:id, /items",
    "/items/:id, /items/7/parts",
    "/items/:id/parts, /items//parts",
    "/items/:id, /other/7"
  })
  void aPathMatchesNothingElse(String path, String request) {
    assertThat(new CallPath(path).matches(request)).isFalse();
  }

  @Test
  void onlyAPathWithNamesIsATemplate() {
    assertThat(new CallPath("/items/:id").isTemplate()).isTrue();
    assertThat(new CallPath("/items").isTemplate()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"answers", "/", "/a/", "//a", "/..", "/a/.", "/a..b", "/%61", "/a:b", "/:", "/:1"})
  void aPathThatLeadsElsewhereIsNone(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> new CallPath(path));
  }

  @Test
  void aPathIsOf200CharactersAtMost() {
    assertThat(new CallPath("/" + "a".repeat(199)).value()).hasSize(200);
    assertThatIllegalArgumentException().isThrownBy(() -> new CallPath("/" + "a".repeat(200)));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,JSON",
    "HEAD,TEXT",
    "DELETE,FORM_DATA",
    "POST,QUERY",
    "PUT,QUERY",
    "PATCH,QUERY"
  })
  void theInputIsInABodyExactlyIfTheMethodHasOne(Call.Method method, Call.Place place) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Call(
                    method,
                    new CallPath("/a"),
                    "",
                    new Call.Input(place, NOTHING),
                    new Call.Output("application/json", Optional.empty())));
  }
}
