package io.stoa.storage.unixfs;

/**
 * How content is cut into leaves and how many links a node carries. Two stores give the same
 * content the same CID only under the same profile.
 *
 * @param chunkSize bytes in every leaf but the last
 * @param width most links of one node
 */
public record Profile(int chunkSize, int width) {
  /** The profile {@code unixfs-v1-2025} of IPIP-499: leaves of 1 MiB, 1,024 links a node. */
  public static final Profile UNIXFS_V1_2025 = new Profile(1 << 20, 1024);

  public Profile {
    if (chunkSize < 1 || width < 2) {
      throw new IllegalArgumentException(
          "no tree has chunks of %d and %d links".formatted(chunkSize, width));
    }
  }
}
