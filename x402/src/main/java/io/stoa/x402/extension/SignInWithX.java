package io.stoa.x402.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.ChainId;
import io.stoa.x402.HeaderCodec;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Extension {@code sign-in-with-x} as a server advertises it: a wallet may sign in at this origin,
 * with an account of these chains. What comes back is a {@link SignIn}, judged by {@link SignIns}.
 */
public final class SignInWithX {
  public static final String KEY = "sign-in-with-x";

  /** Buyer to server: {@link SignIn}. */
  public static final String HEADER = "SIGN-IN-WITH-X";

  private static final ObjectNode SCHEMA =
      Schemas.object(
          """
          {"properties": {
             "address": {"type": "string"}, "chainId": {"type": "string"},
             "type": {"type": "string"}, "signature": {"type": "string"}},
           "required": ["domain", "address", "uri", "version", "chainId", "type", "nonce",
                        "issuedAt", "signature"]}
          """);

  private final SecureRandom random = new SecureRandom();
  private final URI origin;
  private final List<ChainId> chains;
  private final Optional<String> statement;

  /**
   * @param origin where the public finds this server, whatever {@code Host} a request names: scheme
   *     http or https, host, and a port if it is not the scheme's own
   * @param chains whose accounts may sign in
   * @param statement one line of printable ASCII that wallets show, if any
   */
  public SignInWithX(URI origin, List<ChainId> chains, Optional<String> statement) {
    this.origin = origin(origin);
    this.chains = List.copyOf(chains);
    this.statement = statement;
    statement.ifPresent(
        line -> {
          if (!SignIn.isLine(line)) {
            throw new IllegalArgumentException("not one line of printable ASCII: " + line);
          }
        });
  }

  private static URI origin(URI origin) {
    var isBare =
        isHttp(origin)
            && origin.getHost() != null
            && origin.getRawUserInfo() == null
            && (origin.getRawPath().isEmpty() || origin.getRawPath().equals("/"))
            && origin.getRawQuery() == null
            && origin.getRawFragment() == null;
    if (!isBare) {
      throw new IllegalArgumentException("not an origin such as https://market.example: " + origin);
    }
    return normal(origin);
  }

  private static boolean isHttp(URI uri) {
    return "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
  }

  /** The origin of {@code uri} in its one spelling: lower case, without the scheme's own port. */
  private static URI normal(URI uri) {
    var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean isOwnPort = uri.getPort() == (scheme.equals("https") ? 443 : 80);
    var port = uri.getPort() == -1 || isOwnPort ? "" : ":" + uri.getPort();
    return URI.create(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port);
  }

  /**
   * What stays the same for the resource at {@code path}: terms that a payment's echo is matched
   * with.
   *
   * @param path of the resource below the origin, with its query
   */
  public ObjectNode terms(String path) {
    return part(info(path));
  }

  /** The part of one 402: the terms, with a nonce of its own. */
  public ObjectNode challenge(String path, Instant now) {
    var nonce = new byte[16];
    random.nextBytes(nonce);
    var issuedAt = now.truncatedTo(ChronoUnit.SECONDS);
    return part(
        info(path)
            .put("nonce", HexFormat.of().formatHex(nonce))
            .put("issuedAt", issuedAt.toString())
            .put("expirationTime", issuedAt.plus(SignIns.MAX_AGE).toString()));
  }

  /** Whether wallets may sign in with an account of {@code chain}. */
  boolean supports(ChainId chain) {
    return chains.contains(chain);
  }

  /** Whether {@code domain} is this server's, as the origin spells it. */
  boolean isDomain(String domain) {
    return domain.equals(origin.getRawAuthority());
  }

  boolean isOriginOf(URI uri) {
    return isHttp(uri) && uri.getHost() != null && normal(uri).equals(origin);
  }

  private ObjectNode info(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("not a path: " + path);
    }
    var uri = origin + path;
    var info =
        HeaderCodec.object()
            .put("domain", origin.getRawAuthority())
            .put("uri", uri)
            .put("version", SignIn.VERSION);
    statement.ifPresent(line -> info.put("statement", line));
    info.putArray("resources").add(uri);
    return info;
  }

  private ObjectNode part(ObjectNode info) {
    var part = Schemas.part(info, SCHEMA);
    var supported = part.putArray("supportedChains");
    chains.forEach(
        chain -> supported.addObject().put("chainId", chain.toString()).put("type", SignIn.TYPE));
    return part;
  }
}
