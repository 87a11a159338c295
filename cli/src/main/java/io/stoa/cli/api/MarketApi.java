package io.stoa.cli.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * One market's HTTP interface. Every method blocks for one exchange.
 *
 * @param origin such as {@code https://market.example}
 */
public record MarketApi(URI origin, HttpClient http) implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  public static MarketApi at(URI origin) {
    return new MarketApi(
        origin,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build());
  }

  /** A request to this market, to be completed by the caller. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(origin.resolve(path)).timeout(PATIENCE);
  }

  /**
   * @throws MarketRefusal when the market answers anything but 2xx
   */
  public JsonNode get(String path) {
    return json(send(request(path).GET().build()));
  }

  /**
   * @throws MarketRefusal when the market answers anything but 2xx
   */
  public JsonNode post(String path, JsonNode body) {
    return post(request(path).header("Content-Type", "application/json"), bytes(body));
  }

  /**
   * @throws MarketRefusal when the market answers anything but 2xx
   */
  public JsonNode post(HttpRequest.Builder request, BodyPublisher body) {
    return json(send(request.POST(body).build()));
  }

  /** Any answer, whatever its status. */
  public HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new CommandFailure("The market at " + origin + " does not answer.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("Interrupted.", e);
    }
  }

  /** The body of a 2xx answer; everything else as the exception it means. */
  public static JsonNode json(HttpResponse<byte[]> response) {
    var body = parse(response.body());
    if (response.statusCode() / 100 != 2) {
      throw MarketRefusal.of(response.statusCode(), body);
    }
    return body;
  }

  /** An object of nothing when {@code body} is not JSON. */
  public static JsonNode parse(byte[] body) {
    try {
      var node = JSON.readTree(body);
      return node == null ? JsonNodeFactory.instance.objectNode() : node;
    } catch (IOException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  private static BodyPublisher bytes(JsonNode body) {
    try {
      return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
