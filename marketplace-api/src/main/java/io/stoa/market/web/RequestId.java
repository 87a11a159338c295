package io.stoa.market.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.regex.Pattern;

/** Gives every request an id, its caller's or a new one, and sends it back with every answer. */
public final class RequestId {
  public static final String HEADER = "X-Request-Id";

  private static final String KEY = "stoa.request-id";
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int BEFORE_ALL_ELSE = 10_000;

  private RequestId() {}

  /** The id of the request that {@code context} stands for. */
  public static String of(RoutingContext context) {
    String id = context.get(KEY);
    return id == null ? "none" : id;
  }

  static void install(@Observes Filters filters) {
    filters.register(RequestId::assign, BEFORE_ALL_ELSE);
  }

  private static void assign(RoutingContext context) {
    var given = context.request().getHeader(HEADER);
    var id = given != null && FORM.matcher(given).matches() ? given : UUID.randomUUID().toString();
    context.put(KEY, id);
    context.response().putHeader(HEADER, id);
    context.next();
  }
}
