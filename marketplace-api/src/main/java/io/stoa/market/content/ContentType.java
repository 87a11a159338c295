package io.stoa.market.content;

import java.util.Arrays;

/**
 * What strangers' bytes are served as. A browser may show pictures and JSON; whatever could run in
 * it (HTML, SVG, XML) is a download, and what is not known for certain is plain bytes.
 *
 * @param isAttachment whether a browser has to save it
 */
record ContentType(String mediaType, boolean isAttachment) {
  /** How many bytes from the start are worth looking at. */
  static final int LOOK = 512;

  private static final ContentType BYTES = new ContentType("application/octet-stream", false);
  private static final ContentType MARKUP = new ContentType("application/octet-stream", true);
  private static final ContentType JSON = new ContentType("application/json", false);
  private static final ContentType PNG = new ContentType("image/png", false);
  private static final ContentType JPEG = new ContentType("image/jpeg", false);

  static ContentType of(byte[] start) {
    if (startsWith(start, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
      return PNG;
    }
    if (startsWith(start, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    return switch (firstLetter(start)) {
      case '<' -> MARKUP;
      case '{', '[' -> JSON;
      default -> BYTES;
    };
  }

  /** The first byte that is neither white space nor part of a byte order mark nor zero. */
  private static int firstLetter(byte[] start) {
    for (byte next : start) {
      int letter = next & 0xff;
      if (letter > ' ' && letter != 0xef && letter != 0xbb && letter != 0xbf && letter < 0xfe) {
        return letter;
      }
    }
    return -1;
  }

  private static boolean startsWith(byte[] start, int... magic) {
    var expected = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      expected[i] = (byte) magic[i];
    }
    return start.length >= expected.length
        && Arrays.equals(expected, Arrays.copyOf(start, expected.length));
  }
}
