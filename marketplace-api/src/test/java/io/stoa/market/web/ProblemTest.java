package io.stoa.market.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.MarketException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProblemTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new MarketException.Malformed("a-b", "f", "m"), 400),
        Arguments.of(new MarketException.Forbidden("a-b", "m"), 403),
        Arguments.of(new MarketException.NotFound("a-b", "m"), 404),
        Arguments.of(new MarketException.Conflict("a-b", "m"), 409),
        Arguments.of(new MarketException.TooLarge("a-b", "m"), 413),
        Arguments.of(new MarketException.Refused("a-b", "m"), 422),
        Arguments.of(new MarketException.QuotaExceeded("a-b", "m", Duration.ofMinutes(1)), 429),
        Arguments.of(new MarketException.ProviderFailed("a-b", "m"), 502),
        Arguments.of(new MarketException.Unavailable("a-b", "m", null), 503),
        Arguments.of(new MarketException.OutcomeUnknown("a-b", "m", "/p"), 503));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyKindOfFailureHasItsStatus(MarketException failure, int status) {
    var problem = Problem.of(failure);

    assertThat(problem.status()).isEqualTo(status);
    assertThat(problem.code()).isEqualTo("a-b");
    assertThat(problem.detail()).isEqualTo("m");
    assertThat(problem.title()).isNotEmpty();
  }

  @Test
  void tellsWhatWasWrongWhereToPollAndWhenToComeBack() {
    assertThat(Problem.of(new MarketException.Malformed("a", "/x", "m")).field()).isEqualTo("/x");
    assertThat(Problem.of(new MarketException.OutcomeUnknown("a", "m", "/v1/p")).poll())
        .isEqualTo("/v1/p");
    assertThat(
            Problem.of(new MarketException.QuotaExceeded("a", "m", Duration.ofMinutes(1)))
                .retryAfter())
        .contains(Duration.ofMinutes(1));
  }

  @Test
  void leavesOutWhatItHasNotGot() throws Exception {
    var json = new JsonMapper().writeValueAsString(Problem.of(404, "x-unknown", "No x."));

    assertThat(json)
        .isEqualTo(
            "{\"type\":\"urn:stoa:problem:x-unknown\",\"title\":\"Not Found\",\"status\":404,"
                + "\"detail\":\"No x.\",\"code\":\"x-unknown\"}");
  }
}
