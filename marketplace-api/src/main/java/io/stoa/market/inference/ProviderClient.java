package io.stoa.market.inference;

import static java.lang.System.Logger.Level.DEBUG;

import io.stoa.domain.Bytes;
import io.stoa.payments.Answer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks providers. Connects to the address that was checked, whatever the name resolves to by now;
 * never follows redirects; takes a body only if its end can be told from a broken connection.
 */
final class ProviderClient {
  private static final System.Logger LOG = System.getLogger(ProviderClient.class.getName());

  /** What buyers would take for this node's words about their payment, or about their headers. */
  private static final Set<Integer> OURS = Set.of(402, 407, 412, 431);

  /**
   * Whose event loop has all connections. A request that is sent from elsewhere has its
   * connection's lock in the same moment as the event loop wants it.
   */
  private final Context loop;

  private final HttpClient http;
  private final Duration timeout;
  private final int maxBody;
  private final Clock clock;

  /**
   * @param timeout for the whole exchange, or until a stream begins
   * @param maxBody bytes of an answer's body
   */
  ProviderClient(Vertx vertx, Duration timeout, int maxBody, Clock clock) {
    this.loop = vertx.getOrCreateContext();
    this.timeout = timeout;
    this.maxBody = maxBody;
    this.clock = clock;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) Math.min(timeout.toMillis(), 5_000))
                .setDecompressionSupported(false)
                .setKeepAlive(true),
            new PoolOptions().setHttp1MaxSize(256).setMaxWaitQueueSize(1_024));
  }

  /**
   * The future never fails.
   *
   * @param mayStream whether an answer that is worth something in parts is given in parts
   */
  Future<ProviderReply> ask(
      URI url,
      InetSocketAddress address,
      String method,
      List<Answer.Header> headers,
      Buffer body,
      boolean mayStream) {
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(method))
            .setSsl(url.getScheme().equals("https"))
            .setHost(url.getHost())
            .setPort(address.getPort())
            .setServer(SocketAddress.inetSocketAddress(address))
            .setURI(target(url))
            .setFollowRedirects(false);
    headers.forEach(header -> options.addHeader(header.name(), header.value()));
    var onLoop = Promise.<Void>promise();
    var reply = onLoop.future().compose(begin -> exchange(options, body, mayStream));
    loop.runOnContext(onLoop::complete);
    return reply;
  }

  private Future<ProviderReply> exchange(RequestOptions options, Buffer body, boolean mayStream) {
    var sent = new AtomicReference<HttpClientRequest>();
    var isOver = new AtomicBoolean();
    return http.request(options)
        .compose(
            request -> {
              sent.set(request);
              if (isOver.get()) {
                request.reset();
                return Future.failedFuture("a connection came free too late");
              }
              // Read from here, on the event loop: later the answer may have passed by.
              return request.send(body).compose(response -> read(response, mayStream));
            })
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              isOver.set(true);
              var request = sent.get();
              if (request != null) {
                request.reset();
              }
              LOG.log(DEBUG, "provider gave no whole answer", failure);
              return Future.succeededFuture(
                  new ProviderReply.Failed(
                      "provider-unreachable", "The provider did not answer in time or in full."));
            });
  }

  private Future<ProviderReply> read(HttpClientResponse response, boolean mayStream) {
    int status = response.statusCode();
    if (status < 200 || (status >= 300 && status < 400) || status >= 500 || OURS.contains(status)) {
      response.request().reset();
      return Future.succeededFuture(
          new ProviderReply.Failed(
              "provider-failed", "The provider answered with " + status + "."));
    }
    boolean isFramed =
        response.getHeader("content-length") != null
            || response.getHeader("transfer-encoding") != null
            || status == 204;
    if (!isFramed) {
      response.request().reset();
      return Future.succeededFuture(
          new ProviderReply.Failed(
              "provider-answer-unframed", "The provider's answer does not say where it ends."));
    }
    if (mayStream && status < 300 && ProviderStream.isOne(response)) {
      var stream = new ProviderStream(response, loop);
      return Future.succeededFuture(new ProviderReply.Streaming(stream));
    }
    return body(response)
        .map(
            body -> {
              if (body.length() > maxBody) {
                return new ProviderReply.Failed(
                    "provider-answer-too-large",
                    "The provider's answer is larger than " + maxBody + " bytes.");
              }
              var answer =
                  new Answer(
                      status,
                      PassedHeaders.toBuyer(response.headers()),
                      Bytes.wrap(body.getBytes()),
                      clock.instant());
              return status < 300
                  ? new ProviderReply.Complete(answer)
                  : new ProviderReply.Declined(answer);
            });
  }

  /** The whole body, or a little more than the limit. */
  private Future<Buffer> body(HttpClientResponse response) {
    var whole = Promise.<Buffer>promise();
    var read = Buffer.buffer();
    response.handler(
        part -> {
          if (read.length() <= maxBody) {
            read.appendBuffer(part);
          }
          if (read.length() > maxBody && whole.tryComplete(read)) {
            response.request().reset();
          }
        });
    response.endHandler(end -> whole.tryComplete(read));
    response.exceptionHandler(whole::tryFail);
    return whole.future();
  }

  private static String target(URI url) {
    var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }
}
