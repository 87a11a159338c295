package io.stoa.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A price as people write it: {@code 1000} is smallest units, {@code 0.001usd} dollars of a token
 * with six decimals.
 *
 * @param units of the token, in its smallest unit
 */
public record Amount(BigInteger units) {
  private static final int DOLLAR_DECIMALS = 6;
  private static final Pattern UNITS = Pattern.compile("[0-9]{1,78}");
  private static final Pattern DOLLARS = Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{1,6})?)usd");

  public static Amount parse(String text) {
    var dollars = DOLLARS.matcher(text.toLowerCase(java.util.Locale.ROOT));
    if (dollars.matches()) {
      return new Amount(
          new BigDecimal(dollars.group(1)).movePointRight(DOLLAR_DECIMALS).toBigIntegerExact());
    }
    if (UNITS.matcher(text).matches()) {
      return new Amount(new BigInteger(text));
    }
    throw new IllegalArgumentException("not an amount such as 1000 or 0.001usd: " + text);
  }

  /** The amount in dollars, without superfluous zeros: {@code 0.001 USD}. */
  public String inDollars() {
    return new BigDecimal(units, DOLLAR_DECIMALS).stripTrailingZeros().toPlainString() + " USD";
  }

  /** For option values. */
  public static final class Converter implements ITypeConverter<Amount> {
    @Override
    public Amount convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
