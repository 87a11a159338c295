package io.stoa.market.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.market.node.NodeDid;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node's public keys (DID Core 1.0): {@code #origin} signs its requests to providers, {@code
 * #attester} its receipts and offers.
 */
public record DidDocument(
    @JsonProperty("@context") List<String> context,
    String id,
    List<Method> verificationMethod,
    List<String> authentication,
    List<String> assertionMethod) {

  /** One key: a JWK, or the account whose signatures can be recovered. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Method(
      String id,
      String type,
      String controller,
      @Nullable Jwk publicKeyJwk,
      @Nullable String blockchainAccountId) {}

  /** A public Ed25519 key (RFC 8037). */
  public record Jwk(String kty, String crv, String x) {}

  static DidDocument of(NodeDid did, Bytes32 origin, Address attester, ChainId chain) {
    return new DidDocument(
        List.of(
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/suites/jws-2020/v1",
            "https://w3id.org/security/suites/secp256k1recovery-2020/v2"),
        did.value(),
        List.of(
            new Method(did.key("origin"), "JsonWebKey2020", did.value(), jwk(origin), null),
            new Method(
                did.key("attester"),
                "EcdsaSecp256k1RecoveryMethod2020",
                did.value(),
                null,
                chain + ":" + attester)),
        List.of(did.key("origin")),
        List.of(did.key("attester")));
  }

  private static Jwk jwk(Bytes32 key) {
    return new Jwk(
        "OKP", "Ed25519", Base64.getUrlEncoder().withoutPadding().encodeToString(key.toBytes()));
  }
}
