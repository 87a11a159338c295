package io.stoa.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** The endpoint on a port of this machine, unreachable from others. */
final class Server implements AutoCloseable {
  private final HttpServer http;

  private Server(HttpServer http) {
    this.http = http;
  }

  /**
   * @param port 0 for any free one
   * @throws IOException when the port is taken
   */
  static Server start(int port, CompletableFuture<Embedder> embedder, Caller caller)
      throws IOException {
    // Without it a reply waits for the delayed acknowledgement of its own header, 40 ms on Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    var http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", new EmbeddingsEndpoint(embedder, caller));
    http.createContext("/health", new Health(embedder));
    http.start();
    return new Server(http);
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Cuts running requests off: nobody is charged for an answer that did not arrive. */
  @Override
  public void close() {
    http.stop(0);
  }
}
