package io.stoa.testkit.market;

import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.time.Duration;
import java.time.Instant;

/**
 * What a wallet signs before it reads something of its own, written as a client would write it:
 * from docs/http-api.md alone.
 *
 * @param url without a query
 */
public record SignedRead(SigningKey wallet, ChainId chain, String url, Instant expires) {
  private static final Bytes32 TYPE = Keccak.hash("Read(address reader,string url,uint64 expires)");

  /** Good for five minutes. */
  public static SignedRead of(SigningKey wallet, ChainId chain, String url) {
    return new SignedRead(wallet, chain, url, Instant.now().plus(Duration.ofMinutes(5)));
  }

  public SignedRead expiring(Instant at) {
    return new SignedRead(wallet, chain, url, at);
  }

  /** The whole header. */
  public String header() {
    return SignedUpload.header(json());
  }

  public String json() {
    return """
        {"reader":"%s","expires":"%d","signature":"%s"}"""
        .formatted(wallet.address(), expires.getEpochSecond(), wallet.sign(digest()));
  }

  private Bytes32 digest() {
    return Eip712.digest(
        new Eip712.Domain("Stoa", "1", chain, null).separator(),
        Eip712.hashStruct(
            TYPE,
            Abi.word(wallet.address()),
            Keccak.hash(url),
            Abi.word(expires.getEpochSecond())));
  }
}
