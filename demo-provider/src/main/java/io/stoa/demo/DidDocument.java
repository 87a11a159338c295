package io.stoa.demo;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.domain.Bytes32;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * The node's did:web document.
 *
 * @param node origin of the node
 */
record DidDocument(URI node) {
  private static final System.Logger LOG = System.getLogger(DidDocument.class.getName());
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** The Ed25519 keys in it, by id; none when the node does not answer. */
  Map<String, Bytes32> fetch() {
    var request =
        HttpRequest.newBuilder(node.resolve("/.well-known/did.json"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      var response = HTTP.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() == 200) {
        return ed25519Keys(JSON.readTree(response.body()));
      }
      LOG.log(WARNING, "the node does not show its keys, status {0}", response.statusCode());
    } catch (IOException e) {
      LOG.log(WARNING, "the node does not answer: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of();
  }

  static Map<String, Bytes32> ed25519Keys(JsonNode document) {
    var keys = new HashMap<String, Bytes32>();
    for (var method : document.path("verificationMethod")) {
      var jwk = method.path("publicKeyJwk");
      if (jwk.path("kty").asText().equals("OKP") && jwk.path("crv").asText().equals("Ed25519")) {
        var id = method.path("id").asText();
        keys.put(
            id.startsWith("#") ? document.path("id").asText() + id : id,
            Bytes32.of(Base64.getUrlDecoder().decode(jwk.path("x").asText())));
      }
    }
    return keys;
  }
}
