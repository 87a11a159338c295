package io.stoa.market.inference;

import io.stoa.payments.Answer;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which headers cross the gateway. What identifies, pays for or logs in a buyer stays on this side;
 * so does what belongs to one connection (RFC 9110 section 7.6.1), including whatever {@code
 * Connection} names.
 */
final class PassedHeaders {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> BUYERS =
      Set.of(
          "authorization",
          "cookie",
          "payment-signature",
          "x-payment",
          "sign-in-with-x",
          "host",
          "content-length",
          "expect",
          // Answers are counted as they are.
          "accept-encoding",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-real-ip",
          "x-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "referer",
          "signature",
          "signature-input",
          "content-digest");

  private static final Set<String> PROVIDERS =
      Set.of(
          "set-cookie",
          "clear-site-data",
          "refresh",
          "location",
          "link",
          "nel",
          "report-to",
          "reporting-endpoints",
          "service-worker-allowed",
          "access-control-allow-origin",
          "access-control-allow-credentials",
          "access-control-expose-headers",
          "stoa-receipt",
          "x-request-id",
          "www-authenticate",
          "payment-required",
          "payment-response",
          "x-payment-response",
          "extension-responses",
          "settlement-overrides",
          "content-length",
          "content-security-policy",
          "x-content-type-options",
          "cache-control",
          "expires",
          "pragma",
          "x-sendfile",
          "strict-transport-security",
          "alt-svc",
          "server",
          "date");

  /** With these a provider would steer a proxy or a cache in front of this node. */
  private static final List<String> PROXIES = List.of("x-accel-", "x-lighttpd-", "surrogate-");

  private static final String CACHES = "cdn-cache-control";

  private PassedHeaders() {}

  static List<Answer.Header> toProvider(MultiMap received) {
    return pass(received, BUYERS::contains);
  }

  static List<Answer.Header> toBuyer(MultiMap received) {
    return pass(received, name -> PROVIDERS.contains(name) || isForProxies(name));
  }

  private static boolean isForProxies(String name) {
    return name.endsWith(CACHES) || PROXIES.stream().anyMatch(name::startsWith);
  }

  private static List<Answer.Header> pass(MultiMap received, Predicate<String> isKept) {
    var connection = new HashSet<String>();
    for (var names : received.getAll("connection")) {
      for (var name : names.split(",", -1)) {
        connection.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    var passed = new ArrayList<Answer.Header>();
    received.forEach(
        (name, value) -> {
          var lower = name.toLowerCase(Locale.ROOT);
          if (!HOP_BY_HOP.contains(lower) && !isKept.test(lower) && !connection.contains(lower)) {
            passed.add(new Answer.Header(lower, value));
          }
        });
    return passed;
  }
}
