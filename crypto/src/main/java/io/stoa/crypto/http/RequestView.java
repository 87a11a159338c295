package io.stoa.crypto.http;

import io.stoa.domain.Bytes32;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * The parts of a request that a signature covers. The authority is among them, so that one provider
 * cannot pass a signed request on to another.
 *
 * @param authority as in the Host header, in lower case; without the scheme's default port
 * @param path as sent, at least {@code /}
 * @param query as sent, without the question mark; empty when there is none
 */
public record RequestView(
    String method, String authority, String path, String query, Bytes32 bodySha256) {

  /** Fails when a part holds control characters, which could forge lines of what is signed. */
  public RequestView {
    for (var part : List.of(method, authority, path, query)) {
      if (part.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("control characters in a request");
      }
    }
  }

  public static RequestView of(
      String method, String authority, String path, String query, byte[] body) {
    return new RequestView(
        method,
        authority.toLowerCase(Locale.ROOT),
        path.isEmpty() ? "/" : path,
        query,
        Bytes32.sha256(body));
  }

  /** The Content-Digest header (RFC 9530). */
  public String contentDigest() {
    return "sha-256=:" + Base64.getEncoder().encodeToString(bodySha256.toBytes()) + ":";
  }
}
