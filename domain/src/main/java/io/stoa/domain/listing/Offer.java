package io.stoa.domain.listing;

import io.stoa.domain.TokenAmount;
import java.math.BigInteger;
import java.util.Map;

/** One price plan of a listing. */
public sealed interface Offer {
  /** The provider's own name of the plan, unique within its listing. */
  String name();

  /** What a request can cost at most, whatever it turns out to need. */
  TokenAmount price();

  /**
   * What a request can cost that needs no more than {@code limits}.
   *
   * @return units of the price's asset, at most the price
   */
  BigInteger ceiling(Usage limits);

  /**
   * What {@code usage} comes to, whatever was asked for.
   *
   * @return units of the price's asset
   */
  BigInteger cost(Usage usage);

  /**
   * What a request costs that needed {@code usage}.
   *
   * @return units of the price's asset, at most the price
   */
  default BigInteger charge(Usage usage) {
    return cost(usage).min(price().units());
  }

  /** When a request is paid for. */
  enum Flow {
    /** After the provider answered: what it does not serve is not charged. */
    AUTHORIZATION,
    /** Before the provider is asked: what it does not serve then, it owes back. */
    UPFRONT
  }

  /** A fixed price for each request, whatever it costs the provider. */
  record PerCall(String name, TokenAmount price, Flow flow) implements Offer {
    /** Paid after the answer. */
    public PerCall(String name, TokenAmount price) {
      this(name, price, Flow.AUTHORIZATION);
    }

    @Override
    public BigInteger ceiling(Usage limits) {
      return price.units();
    }

    @Override
    public BigInteger cost(Usage usage) {
      return price.units();
    }
  }

  /**
   * A price for what a request turned out to need. What nobody counted is not charged.
   *
   * @param base charged for each request, in the price's asset
   * @param units the price of {@code per} of each unit
   */
  record PerUnit(
      String name, TokenAmount price, BigInteger base, Map<Unit, BigInteger> units, long per)
      implements Offer {
    public PerUnit {
      units = Map.copyOf(units);
      if (per < 1) {
        throw new IllegalArgumentException("a price of less than one unit: " + per);
      }
    }

    @Override
    public BigInteger ceiling(Usage limits) {
      boolean isLimited =
          units.entrySet().stream()
              .allMatch(
                  unit ->
                      unit.getValue().signum() == 0 || limits.counts().containsKey(unit.getKey()));
      return isLimited ? charge(limits) : price.units();
    }

    @Override
    public BigInteger cost(Usage usage) {
      var sum = BigInteger.ZERO;
      for (var unit : units.entrySet()) {
        sum = sum.add(unit.getValue().multiply(BigInteger.valueOf(usage.of(unit.getKey()))));
      }
      var divided = sum.divideAndRemainder(BigInteger.valueOf(per));
      var begun = divided[1].signum() == 0 ? divided[0] : divided[0].add(BigInteger.ONE);
      return base.add(begun);
    }
  }
}
