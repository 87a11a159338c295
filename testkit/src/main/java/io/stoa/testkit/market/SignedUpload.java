package io.stoa.testkit.market;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * What a wallet signs before an upload, written as a client would write it: from docs/http-api.md
 * alone.
 */
public record SignedUpload(
    SigningKey wallet, ChainId chain, long size, Bytes32 sha256, Instant expires, Bytes32 nonce) {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Upload(address uploader,uint256 size,bytes32 sha256,uint64 expires,bytes32 nonce)");

  /** Good for five minutes. */
  public static SignedUpload of(SigningKey wallet, ChainId chain, byte[] body) {
    var nonce = new byte[32];
    new SecureRandom().nextBytes(nonce);
    return new SignedUpload(
        wallet,
        chain,
        body.length,
        sha256(body),
        Instant.now().plus(Duration.ofMinutes(5)),
        Bytes32.of(nonce));
  }

  public SignedUpload expiring(Instant at) {
    return new SignedUpload(wallet, chain, size, sha256, at, nonce);
  }

  public SignedUpload ofSize(long other) {
    return new SignedUpload(wallet, chain, other, sha256, expires, nonce);
  }

  public SignedUpload ofHash(Bytes32 other) {
    return new SignedUpload(wallet, chain, size, other, expires, nonce);
  }

  public SignedUpload onChain(ChainId other) {
    return new SignedUpload(wallet, other, size, sha256, expires, nonce);
  }

  /** The whole header. */
  public String header() {
    return header(json());
  }

  public static String header(String json) {
    return "Wallet " + Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }

  public String json() {
    return """
        {"uploader":"%s","size":"%d","sha256":"%s","expires":"%d","nonce":"%s","signature":"%s"}"""
        .formatted(
            wallet.address(), size, sha256, expires.getEpochSecond(), nonce, wallet.sign(digest()));
  }

  private Bytes32 digest() {
    return Eip712.digest(
        new Eip712.Domain("Stoa", "1", chain, null).separator(),
        Eip712.hashStruct(
            TYPE,
            Abi.word(wallet.address()),
            Abi.word(size),
            sha256,
            Abi.word(expires.getEpochSecond()),
            nonce));
  }

  public static Bytes32 sha256(byte[] body) {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
