package io.stoa.market.inference;

import io.stoa.crypto.OriginKey;
import io.stoa.crypto.http.HttpSignature;
import io.stoa.crypto.http.RequestView;
import io.stoa.payments.Answer.Header;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** Signs what this node asks providers (RFC 9421), so that an endpoint can refuse everyone else. */
final class RequestSigner {
  private static final Duration VALIDITY = Duration.ofSeconds(60);

  private final OriginKey key;
  private final String keyId;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param keyId where providers find the public key: the node's did:web and a fragment
   */
  RequestSigner(OriginKey key, String keyId, Clock clock) {
    this.key = key;
    this.keyId = keyId;
    this.clock = clock;
  }

  List<Header> sign(String method, URI url, byte[] body) {
    var nonce = new byte[16];
    random.nextBytes(nonce);
    var view =
        RequestView.of(
            method,
            authority(url),
            url.getRawPath().isEmpty() ? "/" : url.getRawPath(),
            url.getRawQuery() == null ? "" : url.getRawQuery(),
            body);
    var signature =
        HttpSignature.sign(
            view,
            key,
            keyId,
            clock.instant(),
            VALIDITY,
            Base64.getUrlEncoder().withoutPadding().encodeToString(nonce));
    return List.of(
        new Header("content-digest", signature.contentDigest()),
        new Header("signature-input", signature.signatureInput()),
        new Header("signature", signature.signature()));
  }

  /** As the Host header has it: without a port that goes without saying. */
  private static String authority(URI url) {
    int usual = url.getScheme().equals("https") ? 443 : 80;
    return url.getPort() < 0 || url.getPort() == usual
        ? url.getHost()
        : url.getHost() + ":" + url.getPort();
  }
}
