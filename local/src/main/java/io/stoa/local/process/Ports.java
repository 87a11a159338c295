package io.stoa.local.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;

/** TCP ports of this machine's loopback interface. */
public final class Ports {
  // Below the range from which systems take ports for outgoing connections: what is free today is
  // most likely free tomorrow.
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 29_999;

  private Ports() {}

  /** A port nobody listens on at the moment. */
  public static int choose() {
    var random = new Random();
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = random.nextInt(LOWEST, HIGHEST + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new StartFailure("No port between %d and %d is free.".formatted(LOWEST, HIGHEST));
  }

  public static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
