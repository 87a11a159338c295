package io.stoa.cli.verify;

import io.stoa.cli.CommandFailure;
import io.stoa.cli.api.MarketApi;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A document that somebody names: a file, {@code -} for standard input, or a URL.
 *
 * @param place as it was named
 */
record Document(String place) {
  private static final int MOST_BYTES = 256 * 1024;

  /** Where it is fetched from; empty for what is read here. */
  Optional<URI> url() {
    return place.startsWith("https://") || place.startsWith("http://")
        ? Optional.of(URI.create(place))
        : Optional.empty();
  }

  /** Blocks. */
  byte[] read(InputStream standardInput) {
    return url()
        .map(url -> fetch(HttpRequest.newBuilder(url)))
        .orElseGet(() -> local(standardInput));
  }

  /**
   * @param request for its URL, with what else it needs
   */
  byte[] fetch(HttpRequest.Builder request) {
    var url = url().orElseThrow();
    try (var market = MarketApi.at(url)) {
      var answer = market.send(request.GET().build());
      if (answer.statusCode() != 200) {
        var detail = MarketApi.parse(answer.body()).path("detail").asText("");
        throw new CommandFailure(
            "%s answers with status %d. %s".formatted(place, answer.statusCode(), detail).strip());
      }
      return answer.body();
    }
  }

  private byte[] local(InputStream standardInput) {
    try (var input = place.equals("-") ? standardInput : Files.newInputStream(Path.of(place))) {
      var bytes = input.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CommandFailure(place + " is too long for a document.");
      }
      return bytes;
    } catch (NoSuchFileException none) {
      throw new CommandFailure("There is no file " + place + ".", none);
    } catch (IOException unreadable) {
      throw new CommandFailure(place + " cannot be read.", unreadable);
    }
  }
}
