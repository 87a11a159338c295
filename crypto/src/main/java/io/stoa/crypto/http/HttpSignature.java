package io.stoa.crypto.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.stoa.crypto.OriginKey;
import io.stoa.domain.Bytes32;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The three headers of a signed request (RFC 9421 with {@code ed25519}, RFC 9530 with SHA-256). A
 * signature covers method, authority, path, query and body: all of a request that means something,
 * and nothing that a proxy changes on the way, such as the scheme. The authority keeps the receiver
 * of a request from passing it on as its own.
 *
 * @param contentDigest the value of {@code Content-Digest}
 * @param signatureInput the value of {@code Signature-Input}
 * @param signature the value of {@code Signature}
 */
public record HttpSignature(String contentDigest, String signatureInput, String signature) {
  private static final String LABEL = "stoa";
  private static final String ALGORITHM = "ed25519";
  private static final List<String> COVERED =
      List.of("@method", "@authority", "@path", "@query", "content-digest");
  private static final String COMPONENTS =
      COVERED.stream().map(name -> '"' + name + '"').collect(joining(" ", "(", ")"));

  /** How many signatures of one request are looked at: a proxy may have added its own. */
  private static final int MOST = 4;

  /** How far a signer's clock may be ahead. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private static final Pattern PLAIN = Pattern.compile("[ !#-\\[\\]-~]{1,256}");

  /** Whether a request is signed by somebody its receiver trusts. */
  public sealed interface Check {
    /** It is. Whoever refuses repetitions remembers the nonce for as long as signatures live. */
    record Passed(String keyId, String nonce) implements Check {}

    /**
     * It is not.
     *
     * @param reason a few words for the sender, to be put into a sentence
     */
    record Failed(String reason) implements Check {}
  }

  /**
   * Signs {@code request}.
   *
   * @param keyId names the key to its verifiers: a DID URL such as {@code did:web:m.example#origin}
   * @param nonce different for each request; like the key id without quotes and backslashes
   */
  public static HttpSignature sign(
      RequestView request,
      OriginKey key,
      String keyId,
      Instant created,
      Duration life,
      String nonce) {
    if (!PLAIN.matcher(keyId).matches() || !PLAIN.matcher(nonce).matches()) {
      throw new IllegalArgumentException("keyid or nonce is not 1 to 256 plain characters");
    }
    var input =
        COMPONENTS
            + (";created=" + created.getEpochSecond())
            + (";expires=" + created.plus(life).getEpochSecond())
            + (";keyid=\"" + keyId + "\";alg=\"" + ALGORITHM + "\";nonce=\"" + nonce + '"');
    var digest = request.contentDigest();
    var bytes = key.sign(base(request, digest, COVERED, input));
    return new HttpSignature(
        digest,
        LABEL + "=" + input,
        LABEL + "=:" + Base64.getEncoder().encodeToString(bytes) + ":");
  }

  /**
   * Looks for one good signature. Never throws: what cannot be read has failed.
   *
   * @param request as it was received; behind a proxy, with the public authority and path
   * @param keys the public keys the receiver trusts, by key id
   * @param longestLife how long a signature may be good, from its creation
   */
  public Check verify(
      RequestView request,
      Function<String, Optional<Bytes32>> keys,
      Instant now,
      Duration longestLife) {
    try {
      var digest = StructuredFields.byteSequences(contentDigest).get("sha-256");
      if (!Arrays.equals(digest, request.bodySha256().toBytes())) {
        return new Check.Failed("the content digest is not that of the body");
      }
      var signatures = StructuredFields.byteSequences(signature);
      Check check = new Check.Failed("the request is not signed");
      for (var input :
          StructuredFields.innerLists(signatureInput).entrySet().stream().limit(MOST).toList()) {
        var bytes = signatures.getOrDefault(input.getKey(), new byte[0]);
        check = check(request, input.getValue(), bytes, keys, now, longestLife);
        if (check instanceof Check.Passed) {
          break;
        }
      }
      return check;
    } catch (IllegalArgumentException unreadable) {
      return new Check.Failed("the signature headers cannot be read");
    }
  }

  private Check check(
      RequestView request,
      StructuredFields.InnerList input,
      byte[] bytes,
      Function<String, Optional<Bytes32>> keys,
      Instant now,
      Duration longestLife) {
    if (input.items().size() != COVERED.size()
        || !Set.copyOf(input.items()).equals(Set.copyOf(COVERED))) {
      return new Check.Failed("the signature does not cover exactly " + String.join(" ", COVERED));
    }
    Map<String, Object> parameters = input.parameters();
    if (!(parameters.get("created") instanceof Long created)
        || !(parameters.get("expires") instanceof Long expires)
        || !(parameters.get("keyid") instanceof String keyId)
        || !(parameters.get("nonce") instanceof String nonce)
        || !parameters.getOrDefault("alg", ALGORITHM).equals(ALGORITHM)) {
      return new Check.Failed(
          "the signature needs created, expires, keyid and nonce, and the algorithm " + ALGORITHM);
    }
    long second = now.getEpochSecond();
    if (created > second + SKEW.toSeconds()
        || expires <= second
        || expires - created > longestLife.toSeconds()) {
      return new Check.Failed("the signature is too old, from the future, or good for too long");
    }
    var key = keys.apply(keyId);
    if (key.isEmpty()) {
      return new Check.Failed("the signature is by a key that is not trusted here");
    }
    var base = base(request, contentDigest, input.items(), input.text());
    return OriginKey.verify(key.get(), base, bytes)
        ? new Check.Passed(keyId, nonce)
        : new Check.Failed("the signature does not fit the request");
  }

  /** The bytes a signature is made over (RFC 9421 section 2.5). */
  private static byte[] base(
      RequestView request, String contentDigest, List<String> components, String parameters) {
    var base = new StringBuilder();
    for (var component : components) {
      var value =
          switch (component) {
            case "@method" -> request.method();
            case "@authority" -> request.authority();
            case "@path" -> request.path();
            case "@query" -> "?" + request.query();
            case "content-digest" -> contentDigest.strip();
            default -> throw new IllegalArgumentException("not a covered component");
          };
      base.append('"').append(component).append("\": ").append(value).append('\n');
    }
    return base.append("\"@signature-params\": ").append(parameters).toString().getBytes(UTF_8);
  }
}
