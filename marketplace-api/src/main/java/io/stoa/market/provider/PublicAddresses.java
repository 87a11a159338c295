package io.stoa.market.provider;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses anybody on the internet may be reached at: what IANA's special-purpose registries
 * leave over.
 */
final class PublicAddresses {
  private static final List<Block> SPECIAL_V4 =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/3")
          .map(Block::parse)
          .toList();

  private static final Block GLOBAL_V6 = Block.parse("2000::/3");

  /** Inside 2000::/3: protocol assignments with Teredo, documentation twice, 6to4. */
  private static final List<Block> SPECIAL_V6 =
      Stream.of("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20").map(Block::parse).toList();

  private PublicAddresses() {}

  /**
   * An IPv4 address mapped into IPv6 counts as what it maps: {@link InetAddress} never keeps it
   * apart.
   */
  static boolean contains(InetAddress address) {
    return address instanceof Inet4Address
        ? SPECIAL_V4.stream().noneMatch(block -> block.contains(address))
        : GLOBAL_V6.contains(address)
            && SPECIAL_V6.stream().noneMatch(block -> block.contains(address));
  }

  /** The addresses of one family whose first {@code bits} are those of {@code first}. */
  private record Block(InetAddress first, int bits) {
    static Block parse(String cidr) {
      int slash = cidr.indexOf('/');
      return new Block(
          InetAddress.ofLiteral(cidr.substring(0, slash)),
          Integer.parseInt(cidr.substring(slash + 1)));
    }

    boolean contains(InetAddress address) {
      var theirs = address.getAddress();
      var ours = first.getAddress();
      for (int i = 0; i < bits; i++) {
        if (((theirs[i / 8] ^ ours[i / 8]) >> (7 - i % 8) & 1) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
