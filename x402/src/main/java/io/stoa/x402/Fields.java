package io.stoa.x402;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The members of one JSON object, read without mercy: exact types, decimal strings for numbers, no
 * blanks. Knows its place, so that every complaint names the field.
 */
public final class Fields {
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,78}");
  private static final Pattern HEX_NUMBER = Pattern.compile("0x[0-9a-fA-F]{1,64}");

  private final ObjectNode object;
  private final String place;

  private Fields(ObjectNode object, String place) {
    this.object = object;
    this.place = place;
  }

  /** Fails when {@code node} is no object. */
  public static Fields of(JsonNode node, String place) throws MalformedPayment {
    if (!(node instanceof ObjectNode object)) {
      throw new MalformedPayment("invalid_payload", place, "This must be a JSON object.");
    }
    return new Fields(object, place);
  }

  public Fields object(String name) throws MalformedPayment {
    return of(require(name), pointer(name));
  }

  /** Absent or null is empty: some clients write null for what they leave out. */
  public Optional<Fields> optionalObject(String name) throws MalformedPayment {
    return object.hasNonNull(name) ? Optional.of(object(name)) : Optional.empty();
  }

  public String text(String name) throws MalformedPayment {
    var node = require(name);
    if (!node.isTextual()) {
      throw wrong(name, "must be a string");
    }
    return node.textValue();
  }

  public Optional<String> optionalText(String name) throws MalformedPayment {
    return object.hasNonNull(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** Fails when it is absent, or anything but true or false. */
  public boolean truth(String name) throws MalformedPayment {
    var node = require(name);
    if (!node.isBoolean()) {
      throw wrong(name, "must be true or false");
    }
    return node.booleanValue();
  }

  public Optional<Address> optionalAddress(String name) throws MalformedPayment {
    return object.hasNonNull(name) ? Optional.of(address(name)) : Optional.empty();
  }

  /** An empty text counts as absent: some servers write one where there is no amount. */
  public Optional<BigInteger> optionalUint256(String name) throws MalformedPayment {
    return optionalText(name).filter(text -> !text.isEmpty()).isPresent()
        ? Optional.of(uint256(name))
        : Optional.empty();
  }

  /** A JSON number that is an int. */
  public int number(String name) throws MalformedPayment {
    var node = require(name);
    if (!node.isInt()) {
      throw wrong(name, "must be a whole JSON number");
    }
    return node.intValue();
  }

  /**
   * A JSON number that is whole, not negative, and a long: Unix seconds, the number of a listing.
   */
  public long natural(String name) throws MalformedPayment {
    var node = require(name);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw wrong(name, "must be a whole JSON number, not negative");
    }
    return node.longValue();
  }

  /** A uint256 as a string of decimal digits. */
  public BigInteger uint256(String name) throws MalformedPayment {
    return unsigned(name, 256);
  }

  /** A uint128 as a string of decimal digits. */
  public BigInteger uint128(String name) throws MalformedPayment {
    return unsigned(name, 128);
  }

  private BigInteger unsigned(String name, int bits) throws MalformedPayment {
    var text = text(name);
    if (!DECIMAL.matcher(text).matches()) {
      throw wrong(name, "must be a string of decimal digits");
    }
    var value = new BigInteger(text);
    if (value.bitLength() > bits) {
      throw wrong(name, "does not fit a uint" + bits);
    }
    return value;
  }

  /** A uint256 as a string of decimal digits, or of 0x and hex digits. */
  public BigInteger uint256OrHex(String name) throws MalformedPayment {
    var text = text(name);
    return HEX_NUMBER.matcher(text).matches()
        ? new BigInteger(text.substring(2), 16)
        : uint256(name);
  }

  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  public Address address(String name) throws MalformedPayment {
    return parse(name, Address::parse);
  }

  public Bytes32 bytes32(String name) throws MalformedPayment {
    return parse(name, Bytes32::parse);
  }

  public ChainId network(String name) throws MalformedPayment {
    return parse(name, ChainId::parse);
  }

  /** Bytes in 0x-hex, no more than {@code max} of them. */
  public Bytes bytes(String name, int max) throws MalformedPayment {
    if (text(name).length() > 2 + 2 * max) {
      throw wrong(name, "is longer than " + max + " bytes");
    }
    return parse(name, Bytes::parse);
  }

  /** The object itself, for what is compared as it stands. */
  public ObjectNode json() {
    return object;
  }

  public MalformedPayment wrong(String name, String what) {
    return new MalformedPayment("invalid_payload", pointer(name), pointer(name) + " " + what + ".");
  }

  private <T> T parse(String name, Function<String, T> parser) throws MalformedPayment {
    try {
      return parser.apply(text(name));
    } catch (IllegalArgumentException malformed) {
      throw wrong(name, "is " + malformed.getMessage());
    }
  }

  private JsonNode require(String name) throws MalformedPayment {
    var node = object.get(name);
    if (node == null) {
      throw wrong(name, "is missing");
    }
    return node;
  }

  private String pointer(String name) {
    return place + "/" + name;
  }
}
