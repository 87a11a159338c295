package io.stoa.market.publishing;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.MarketException;
import io.stoa.market.web.JsonBody;
import io.stoa.persistence.account.Upload;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A wallet's signed permission to send exactly one body: the header {@code Authorization: Wallet …}
 * of docs/http-api.md. It binds the body's length and SHA-256, so that whoever copies it can only
 * send the same bytes.
 *
 * @param expires from then on it is void
 */
record WalletAuthorization(Upload upload, Instant expires, Signature signature) {
  static final String HEADER = "Authorization";

  private static final String SCHEME = "Wallet ";
  private static final int MAX_LENGTH = 2_048;
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(10);
  private static final long LATEST_SECOND = 253_402_300_799L;
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Upload(address uploader,uint256 size,bytes32 sha256,uint64 expires,bytes32 nonce)");

  static WalletAuthorization parse(@Nullable String header) {
    if (header == null) {
      throw new MarketException.Forbidden(
          "authorization-missing", "An upload needs a wallet's authorization.");
    }
    if (!header.startsWith(SCHEME) || header.length() > MAX_LENGTH) {
      throw malformed("not of the form: Wallet, a space, base64url");
    }
    try {
      var json = Base64.getUrlDecoder().decode(header.substring(SCHEME.length()));
      var fields =
          JsonBody.parse(json, "uploader", "size", "sha256", "expires", "nonce", "signature");
      return new WalletAuthorization(
          new Upload(
              fields.get("uploader", Address::parse),
              fields.get("nonce", Bytes32::parse),
              fields.get("sha256", Bytes32::parse),
              fields.get("size", size -> number(size, Long.MAX_VALUE))),
          fields.get("expires", at -> Instant.ofEpochSecond(number(at, LATEST_SECOND))),
          fields.get("signature", WalletAuthorization::signature));
    } catch (MarketException.Malformed unreadable) {
      throw malformed("unreadable: " + unreadable.getMessage());
    } catch (IllegalArgumentException notBase64) {
      throw malformed("not base64url");
    }
  }

  /** Fails unless the uploader itself signed this, for this chain, and it is still good. */
  void check(Secp256k1 curve, ChainId chain, Instant now) {
    if (!now.isBefore(expires)) {
      throw new MarketException.Forbidden(
          "authorization-expired", "The wallet's authorization has expired.");
    }
    if (expires.isAfter(now.plus(LONGEST_LIFE))) {
      throw new MarketException.Forbidden(
          "authorization-too-long", "An authorization may be good for ten minutes at most.");
    }
    var signer = curve.recover(digest(chain), signature);
    if (signer.isEmpty() || !signer.get().equals(upload.uploader())) {
      throw new MarketException.Forbidden(
          "authorization-invalid", "The authorization is not signed by its uploader.");
    }
  }

  private Bytes32 digest(ChainId chain) {
    var domain = new Eip712.Domain("Stoa", "1", chain, null);
    return Eip712.digest(
        domain.separator(),
        Eip712.hashStruct(
            TYPE,
            Abi.word(upload.uploader()),
            Abi.word(upload.size()),
            upload.sha256(),
            Abi.word(expires.getEpochSecond()),
            upload.nonce()));
  }

  private static long number(String digits, long most) {
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
        "authorization-malformed", HEADER, "The header Authorization is " + what + ".");
  }
}
