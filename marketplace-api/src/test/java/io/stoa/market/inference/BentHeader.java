package io.stoa.market.inference;

import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Breaks what is around the JSON: the base64, and how often and how long the header is. */
final class BentHeader {
  private static final String FOREIGN = "-_.,:;!\"#$%&'()*<>?@[]\\^`{|}~=\t \u00e9\u00ff";

  private BentHeader() {}

  static Mutant of(Specimen specimen, Random random) {
    var good = specimen.value();
    int at = random.nextInt(good.length());
    return switch (random.nextInt(12)) {
      case 0 -> one(specimen, "cut off", good.substring(0, at));
      case 1 -> one(specimen, "begun late", good.substring(at));
      case 2 -> one(specimen, "another alphabet", urlSafe(good, at, random));
      case 3 -> one(specimen, "no padding", good.replace("=", "") + "=".repeat(random.nextInt(2)));
      case 4 -> one(specimen, "more padding", good + "=".repeat(1 + random.nextInt(4)));
      case 5 -> one(specimen, "a foreign character", inserted(good, at, foreign(random)));
      case 6 -> one(specimen, "another character", replaced(good, at, random));
      case 7 -> {
        var copies = Collections.nCopies(2 + random.nextInt(4), good);
        yield new Mutant(specimen, "sent several times", copies);
      }
      case 8 -> new Mutant(specimen, "sent beside another", List.of(good, good.substring(0, at)));
      case 9 -> one(specimen, "twice in one", good + "," + good);
      case 10 -> one(specimen, "nothing", " ".repeat(random.nextInt(3)));
      default -> one(specimen, "huge", "A".repeat(49_153 + random.nextInt(10_000)));
    };
  }

  private static Mutant one(Specimen specimen, String how, String value) {
    return new Mutant(specimen, how, List.of(value));
  }

  private static String urlSafe(String good, int at, Random random) {
    var other = good.replace('+', '-').replace('/', '_');
    return other.equals(good) ? replaced(good, at, random.nextBoolean() ? '-' : '_') : other;
  }

  private static char foreign(Random random) {
    return FOREIGN.charAt(random.nextInt(FOREIGN.length()));
  }

  private static String inserted(String good, int at, char character) {
    return good.substring(0, at) + character + good.substring(at);
  }

  private static String replaced(String good, int at, Random random) {
    return replaced(good, at, (char) ('!' + random.nextInt('~' - '!')));
  }

  private static String replaced(String good, int at, char character) {
    return good.substring(0, at) + character + good.substring(at + 1);
  }
}
