package io.stoa.market.inference;

import java.util.List;
import java.util.Random;

/** Breaks payments at random, in one of the three spaces that a stranger can reach into. */
final class Mutation {
  private Mutation() {}

  /** Never one that may still hold. */
  static Mutant of(List<Specimen> specimens, Random random) {
    while (true) {
      var specimen = specimens.get(random.nextInt(specimens.size()));
      var mutant =
          switch (random.nextInt(4)) {
            case 0 ->
                specimen.isHeader() ? BentHeader.of(specimen, random) : json(specimen, random);
            case 1 ->
                new Mutant(
                    specimen,
                    "signature",
                    List.of(specimen.written(BentSignature.of(specimen, random))));
            default -> json(specimen, random);
          };
      if (mutant.isBroken()) {
        return mutant;
      }
    }
  }

  private static Mutant json(Specimen specimen, Random random) {
    return new Mutant(specimen, "JSON", List.of(specimen.written(BentJson.of(specimen, random))));
  }
}
