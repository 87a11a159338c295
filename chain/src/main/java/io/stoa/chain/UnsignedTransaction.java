package io.stoa.chain;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a user's wallet is asked to sign and send. As JSON: {@code {chainId, to, data, value,
 * gas?}}, where {@code value} is a decimal string of wei.
 *
 * @param value wei sent along
 * @param gas the gas limit, if whoever built it knows one; else the wallet estimates
 */
public record UnsignedTransaction(
    ChainId chain, Address to, Bytes data, BigInteger value, OptionalLong gas) {

  public UnsignedTransaction {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256: " + value);
    }
  }

  /** Calls a contract without sending it any wei. */
  public static UnsignedTransaction call(ChainId chain, Address to, Bytes data) {
    return new UnsignedTransaction(chain, to, data, BigInteger.ZERO, OptionalLong.empty());
  }

  /** Reads {@link #toJson}; fields it does not know are ignored. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static UnsignedTransaction of(Map<String, Object> json) {
    return new UnsignedTransaction(
        new ChainId(whole(json, "chainId").longValueExact()),
        Address.parse(text(json, "to")),
        Bytes.parse(text(json, "data")),
        json.containsKey("value") ? whole(json, "value") : BigInteger.ZERO,
        json.containsKey("gas")
            ? OptionalLong.of(whole(json, "gas").longValueExact())
            : OptionalLong.empty());
  }

  @JsonValue
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("chainId", chain.value());
    json.put("to", to.toString());
    json.put("data", data.toString());
    json.put("value", value.toString());
    gas.ifPresent(limit -> json.put("gas", limit));
    return json;
  }

  private static String text(Map<String, Object> json, String name) {
    if (json.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " is missing or not a string");
  }

  private static BigInteger whole(Map<String, Object> json, String name) {
    var value = json.get(name);
    if (value instanceof String || value instanceof Long || value instanceof Integer) {
      return new BigInteger(value.toString());
    }
    throw new IllegalArgumentException(name + " is missing or not a whole number");
  }
}
