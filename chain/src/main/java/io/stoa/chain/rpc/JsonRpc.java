package io.stoa.chain.rpc;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** JSON-RPC 2.0 over HTTP: batches, attempts, and whose turn it is among the endpoints. */
final class JsonRpc implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final MediaType MEDIA_TYPE = MediaType.get("application/json");
  private static final Pattern ADDRESS_OF_A_NODE = Pattern.compile("[a-z]+://\\S+");
  private static final int LONGEST_MESSAGE = 300;
  private static final int MOST_IDLE = 64;

  private final RpcSettings settings;
  private final OkHttpClient http;
  private final AtomicInteger turn = new AtomicInteger();

  JsonRpc(RpcSettings settings) {
    this.settings = settings;
    this.http =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.HTTP_1_1))
            // Servers close what is idle, at the soonest after five seconds as a rule.
            .connectionPool(new ConnectionPool(MOST_IDLE, 4, TimeUnit.SECONDS))
            .callTimeout(settings.timeout())
            // The call as a whole has a limit; limits of its parts would cost a timer each.
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .followRedirects(false)
            // What is sent again is decided here, not below.
            .retryOnConnectionFailure(false)
            .addNetworkInterceptor(JsonRpc::sendAtOnce)
            .build();
  }

  /** Otherwise the end of a long request waits until the node, after 40 ms, confirms its start. */
  private static Response sendAtOnce(Interceptor.Chain chain) throws IOException {
    Objects.requireNonNull(chain.connection()).socket().setTcpNoDelay(true);
    return chain.proceed(chain.request());
  }

  /** One answer for each request, in their order. Tries again, elsewhere, while none is usable. */
  <T> List<T> read(List<? extends RpcRequest<? extends T>> requests) {
    for (int attempt = 1; ; attempt++) {
      int endpoint = turn.get();
      try {
        return exchange(settings.endpoints().get(endpoint), requests);
      } catch (RpcUnavailable unavailable) {
        turn.compareAndSet(endpoint, (endpoint + 1) % settings.endpoints().size());
        if (attempt == settings.readAttempts() || Thread.currentThread().isInterrupted()) {
          throw unavailable;
        }
        pauseAfter(attempt);
      }
    }
  }

  /** Asks once, at one endpoint. */
  <T> T once(RpcRequest<T> request) {
    return this.<T>exchange(settings.endpoints().get(turn.get()), List.of(request)).getFirst();
  }

  private <T> List<T> exchange(URI endpoint, List<? extends RpcRequest<? extends T>> requests) {
    var answers = answers(parse(post(endpoint, encode(requests))), requests.size());
    var decoded = new ArrayList<T>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      decoded.add(requests.get(i).decode(answers.get(i)));
    }
    return decoded;
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException garbage) {
      throw new RpcUnavailable("the node's answer is not JSON");
    }
  }

  private static List<Answer> answers(JsonNode reply, int size) {
    if (size == 1) {
      return List.of(answer(reply, 0));
    }
    if (reply.isObject()) {
      refuseWhole(reply);
    }
    return inOrder(reply, size);
  }

  private static void refuseWhole(JsonNode reply) {
    if (answer(reply, -1) instanceof Answer.Refused refused) {
      throw new RpcRefused(refused.code(), refused.message());
    }
    throw new RpcUnavailable("the node answered a batch with a single result");
  }

  private static List<Answer> inOrder(JsonNode reply, int size) {
    var replies = new JsonNode[size];
    for (var each : reply) {
      int id = each.path("id").asInt(-1);
      if (id >= 0 && id < size) {
        replies[id] = each;
      }
    }
    var answers = new ArrayList<Answer>(size);
    for (int id = 0; id < size; id++) {
      if (replies[id] == null) {
        throw new RpcUnavailable("the node left a question of a batch unanswered");
      }
      answers.add(answer(replies[id], id));
    }
    return answers;
  }

  /** Takes any id if {@code id} is negative: a node that cannot read a request echoes none. */
  private static Answer answer(JsonNode reply, int id) {
    var error = reply.path("error");
    if (error.isObject()) {
      return new Answer.Refused(
          error.path("code").asInt(),
          printable(error.path("message").asText()),
          error.path("data"));
    }
    if (!reply.has("result") || (id >= 0 && reply.path("id").asInt(-1) != id)) {
      throw new RpcUnavailable("the node's answer is not JSON-RPC");
    }
    return new Answer.Given(reply.path("result"));
  }

  private static byte[] encode(List<? extends RpcRequest<?>> requests) {
    var nodes = JsonNodeFactory.instance;
    var batch = nodes.arrayNode();
    for (int id = 0; id < requests.size(); id++) {
      batch.add(
          nodes
              .objectNode()
              .put("jsonrpc", "2.0")
              .put("id", id)
              .put("method", requests.get(id).method())
              .<ObjectNode>set("params", requests.get(id).params()));
    }
    try {
      return JSON.writeValueAsBytes(requests.size() == 1 ? batch.get(0) : batch);
    } catch (JacksonException impossible) {
      throw new IllegalStateException("a JSON tree that cannot be written", impossible);
    }
  }

  /** On the thread that asks: nothing is handed over, and an interrupt ends it. */
  private byte[] post(URI endpoint, byte[] body) {
    var request =
        new Request.Builder()
            .url(endpoint.toString())
            .header("Accept-Encoding", "identity")
            .post(new Body(body))
            .build();
    try (var response = http.newCall(request).execute()) {
      return bodyOf(response);
    } catch (IOException failed) {
      // What closed this connection may have closed all: the next attempt opens one.
      http.connectionPool().evictAll();
      throw new RpcUnavailable(describe(failed));
    }
  }

  private static String describe(IOException failed) {
    if (Thread.currentThread().isInterrupted()) {
      return "interrupted while waiting for the node";
    }
    return switch (failed) {
      case InterruptedIOException _ -> "the node did not answer in time";
      case ConnectException _, NoRouteToHostException _, UnknownHostException _ ->
          "the node cannot be reached";
      default -> "the connection to the node broke, or its answer was too long";
    };
  }

  /** Nodes send JSON-RPC errors with status 200 or 400. */
  private byte[] bodyOf(Response response) throws IOException {
    int status = response.code();
    if (status != 200 && status != 400) {
      throw new RpcUnavailable("the node answered with HTTP status " + status);
    }
    var body = response.body().source();
    if (body.request(settings.maxResponseBytes() + 1L)) {
      throw new IOException("longer than " + settings.maxResponseBytes());
    }
    return body.readByteArray();
  }

  /**
   * Between two attempts; half of it by chance, so that those refused together do not return so.
   */
  private void pauseAfter(int attempt) {
    long most = settings.backoff().toMillis() << Math.min(attempt - 1, 10);
    try {
      Thread.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String printable(String message) {
    var clean = ADDRESS_OF_A_NODE.matcher(message).replaceAll("***").replaceAll("\\p{Cntrl}+", " ");
    return clean.length() <= LONGEST_MESSAGE ? clean : clean.substring(0, LONGEST_MESSAGE) + "…";
  }

  @Override
  public void close() {
    http.dispatcher().cancelAll();
    http.connectionPool().evictAll();
  }

  /** Sent once, also when the node answers that it should be sent again. */
  private static final class Body extends RequestBody {
    private final byte[] json;

    Body(byte[] json) {
      this.json = json;
    }

    @Override
    public MediaType contentType() {
      return MEDIA_TYPE;
    }

    @Override
    public long contentLength() {
      return json.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.write(json);
    }
  }

  /** What came back for one request. */
  sealed interface Answer {
    record Given(JsonNode result) implements Answer {}

    record Refused(int code, String message, JsonNode data) implements Answer {}
  }
}
