package io.stoa.demo;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Starts the demo model: {@code --port N --node URL}. */
public final class DemoProvider {
  private DemoProvider() {}

  public static void main(String[] arguments) {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    var embedder = CompletableFuture.<Embedder>supplyAsync(MiniLm::load);
    try {
      var server = Server.start(options.port(), embedder, NodeOnly.of(options.node()));
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    } catch (IOException e) {
      System.err.println("Port " + options.port() + " is taken.");
      System.exit(1);
    }
  }

  /**
   * @param node the origin whose signed requests are served
   */
  record Options(int port, URI node) {
    static Options parse(String[] arguments) {
      if (arguments.length != 4
          || !arguments[0].equals("--port")
          || !arguments[2].equals("--node")) {
        throw new IllegalArgumentException("Usage: demo-provider --port PORT --node URL");
      }
      try {
        int port = Integer.parseInt(arguments[1]);
        var node = URI.create(arguments[3]);
        if (port > 0 && port < 65536 && node.getHost() != null) {
          return new Options(port, node);
        }
        throw new IllegalArgumentException("out of range");
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Not a port and the URL of a node: " + arguments[1] + " " + arguments[3], e);
      }
    }
  }
}
