package io.stoa.market.facilitator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who asks the facilitator. */
sealed interface Client {

  /** Names it among all clients. */
  String name();

  /** The receivers of channels that it is known to be. */
  Set<Address> receivers();

  /** Holds a key that the operator of this node gave out. */
  record KeyHolder(Bytes32 keySha256, Set<Address> receivers) implements Client {
    @Override
    public String name() {
      return keySha256.toString();
    }
  }

  /** Anybody. */
  record Stranger(String network) implements Client {
    @Override
    public String name() {
      return network;
    }

    @Override
    public Set<Address> receivers() {
      return Set.of();
    }
  }

  /** Shows a key that is none. */
  record Pretender(String network) implements Client {
    @Override
    public String name() {
      return network;
    }

    @Override
    public Set<Address> receivers() {
      return Set.of();
    }
  }

  /**
   * @param authorization the header's value
   * @param keys the SHA-256 of each good one, with the receivers that its holder is known to be
   */
  static Client of(
      @Nullable String authorization, String remoteAddress, Map<Bytes32, Set<Address>> keys) {
    if (authorization == null) {
      return new Stranger(network(remoteAddress));
    }
    var scheme = "Bearer ";
    if (authorization.regionMatches(true, 0, scheme, 0, scheme.length())) {
      var sha256 = Bytes32.sha256(authorization.substring(scheme.length()).strip().getBytes(UTF_8));
      var receivers = keys.get(sha256);
      if (receivers != null) {
        return new KeyHolder(sha256, receivers);
      }
    }
    return new Pretender(network(remoteAddress));
  }

  /** A household has one address of version 4, and 2^64 of version 6. */
  private static String network(String address) {
    try {
      return InetAddress.ofLiteral(address) instanceof Inet6Address longer
          ? HexFormat.of().formatHex(Arrays.copyOf(longer.getAddress(), 8))
          : address;
    } catch (IllegalArgumentException unknown) {
      return address;
    }
  }
}
