package io.stoa.market.inference;

import java.util.List;

/**
 * A payment that no longer holds.
 *
 * @param how it was broken
 * @param values of the header, one for each time that it is sent; or the body
 */
record Mutant(Specimen specimen, String how, List<String> values) {
  Mutant {
    values = List.copyOf(values);
  }

  boolean isBroken() {
    return !specimen.survives(values);
  }

  @Override
  public String toString() {
    return specimen.name() + ", " + how + ": " + values;
  }
}
