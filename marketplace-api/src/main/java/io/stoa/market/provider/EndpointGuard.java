package io.stoa.market.provider;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/**
 * Keeps a listing's endpoint from pointing this node at somebody's inner network. The verdict holds
 * the very address that was checked: whoever connects to it, and not to the name, cannot be sent
 * elsewhere by a second answer of the DNS.
 */
public final class EndpointGuard {

  /** May it be called? */
  public sealed interface Verdict {
    /** Yes, at this resolved address and no other. */
    record Open(InetSocketAddress address) implements Verdict {}

    /** No. */
    record Refused(String reason) implements Verdict {}
  }

  /** Finds the addresses of a host; {@link InetAddress#getAllByName} outside tests. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private final boolean allowPrivate;
  private final Resolver resolver;

  /**
   * @param allowPrivate whether loopback and private addresses are fine: on a developer's machine
   *     they are
   */
  public EndpointGuard(boolean allowPrivate) {
    this(allowPrivate, InetAddress::getAllByName);
  }

  EndpointGuard(boolean allowPrivate, Resolver resolver) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
  }

  /** Blocks while the name is resolved: call from a virtual thread. */
  public Verdict check(URI endpoint) {
    if (endpoint.getScheme() == null || endpoint.getHost() == null) {
      return new Verdict.Refused("The endpoint is not an absolute URL with a host.");
    }
    int port;
    switch (endpoint.getScheme().toLowerCase(Locale.ROOT)) {
      case "https" -> port = endpoint.getPort() < 0 ? 443 : endpoint.getPort();
      case "http" -> port = endpoint.getPort() < 0 ? 80 : endpoint.getPort();
      default -> {
        return new Verdict.Refused("The endpoint is neither http nor https.");
      }
    }
    if (port < 1 || port > 65_535) {
      return new Verdict.Refused("The endpoint's port is out of range.");
    }
    if (endpoint.getRawUserInfo() != null) {
      return new Verdict.Refused("The endpoint names a user.");
    }
    try {
      var addresses = List.of(resolver.resolve(endpoint.getHost()));
      if (addresses.isEmpty() || !addresses.stream().allMatch(this::isAllowed)) {
        return new Verdict.Refused("The endpoint's host is not on the public internet.");
      }
      return new Verdict.Open(new InetSocketAddress(addresses.getFirst(), port));
    } catch (UnknownHostException unknown) {
      return new Verdict.Refused("The endpoint's host has no address.");
    }
  }

  private boolean isAllowed(InetAddress address) {
    return PublicAddresses.contains(address)
        || (allowPrivate
            && !address.isMulticastAddress()
            && !address.isAnyLocalAddress()
            && !address.isLinkLocalAddress());
  }
}
