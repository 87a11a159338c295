package io.stoa.market.wallet;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.market.web.JsonBody;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Authorization: Wallet …} of docs/http-api.md, whatever it is that the wallet
 * signs: base64url of a JSON object of strings, two of which are {@code expires} and {@code
 * signature}.
 */
public final class WalletHeader {
  public static final String NAME = "Authorization";

  private static final String SCHEME = "Wallet ";
  private static final int MAX_LENGTH = 2_048;
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
  private static final long LATEST_SECOND = 253_402_300_799L;

  private final JsonBody fields;
  private final Instant expires;
  private final Signature signature;

  private WalletHeader(JsonBody fields) {
    this.fields = fields;
    this.expires = fields.get("expires", at -> Instant.ofEpochSecond(decimal(at, LATEST_SECOND)));
    this.signature = fields.get("signature", WalletHeader::signature);
  }

  /** What the fields say. */
  @FunctionalInterface
  public interface Meaning<T> {
    T read(WalletHeader header);
  }

  /**
   * Reads the header.
   *
   * @param names of all its fields besides {@code expires} and {@code signature}
   */
  public static <T> T parse(@Nullable String header, Meaning<T> meaning, String... names) {
    if (header == null) {
      throw new MarketException.Forbidden(
          "authorization-missing", "This needs a wallet's authorization.");
    }
    if (!header.startsWith(SCHEME) || header.length() > MAX_LENGTH) {
      throw malformed("not of the form: Wallet, a space, base64url");
    }
    try {
      var json = Base64.getUrlDecoder().decode(header.substring(SCHEME.length()));
      var all =
          Stream.concat(Arrays.stream(names), Stream.of("expires", "signature"))
              .toArray(String[]::new);
      return meaning.read(new WalletHeader(JsonBody.parse(json, all)));
    } catch (MarketException.Malformed unreadable) {
      throw malformed("unreadable: " + unreadable.getMessage());
    } catch (IllegalArgumentException notBase64) {
      throw malformed("not base64url");
    }
  }

  public <T> T get(String field, Function<String, T> parse) {
    return fields.get(field, parse);
  }

  /** Unix seconds, as they are signed. */
  public Bytes32 expiresWord() {
    return Abi.word(expires.getEpochSecond());
  }

  /**
   * Fails unless {@code signer} itself signed {@code struct} for this chain and it is still good.
   *
   * @param struct hash of the typed data (EIP-712)
   */
  public void check(Secp256k1 curve, ChainId chain, Bytes32 struct, Address signer, Instant now) {
    if (!now.isBefore(expires)) {
      throw new MarketException.Forbidden(
          "authorization-expired", "The wallet's authorization has expired.");
    }
    if (expires.isAfter(now.plus(LONGEST_LIFE))) {
      throw new MarketException.Forbidden(
          "authorization-too-long", "An authorization may be good for ten minutes at most.");
    }
    var domain = new Eip712.Domain("Stoa", "1", chain, null);
    var digest = Eip712.digest(domain.separator(), struct);
    if (curve.recover(digest, signature).filter(signer::equals).isEmpty()) {
      throw new MarketException.Forbidden(
          "authorization-invalid", "The authorization is not signed by " + signer + ".");
    }
  }

  /** A whole number written without a sign or leading zeros. */
  public static long decimal(String digits, long most) {
    try {
      long value = Long.parseLong(digits);
      if (value >= 0 && value <= most && Long.toString(value).equals(digits)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException("not a decimal number");
  }

  private static Signature signature(String hex) {
    if (!hex.startsWith("0x")) {
      throw new IllegalArgumentException("not 0x-hex");
    }
    return Signature.strict(HexFormat.of().parseHex(hex, 2, hex.length()));
  }

  private static MarketException.Malformed malformed(String what) {
    return new MarketException.Malformed(
        "authorization-malformed", NAME, "The header Authorization is " + what + ".");
  }
}
