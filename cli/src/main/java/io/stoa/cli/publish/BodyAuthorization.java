package io.stoa.cli.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * A wallet's word that one request with exactly this body is its own, as the market wants it for
 * uploads: EIP-712, good for ten minutes and for one request that succeeds.
 *
 * @param header the value of {@code Authorization}
 */
record BodyAuthorization(String header) {
  private static final Bytes32 TYPE =
      Keccak.hash(
          "Upload(address uploader,uint256 size,bytes32 sha256,uint64 expires,bytes32 nonce)");
  private static final Duration LIFETIME = Duration.ofSeconds(590);
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @param size of the body in bytes
   */
  static BodyAuthorization sign(
      SigningKey uploader, ChainId chain, long size, Bytes32 sha256, Instant now) {
    long expires = now.plus(LIFETIME).getEpochSecond();
    var random = new byte[32];
    RANDOM.nextBytes(random);
    var nonce = Bytes32.of(random);
    var struct =
        Eip712.hashStruct(
            TYPE, Abi.word(uploader.address()), Abi.word(size), sha256, Abi.word(expires), nonce);
    var domain = new Eip712.Domain("Stoa", "1", chain, null);
    var signature = uploader.sign(Eip712.digest(domain.separator(), struct));
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("uploader", uploader.address().toString())
            .put("size", Long.toString(size))
            .put("sha256", sha256.toString())
            .put("expires", Long.toString(expires))
            .put("nonce", nonce.toString())
            .put("signature", signature.toString());
    var encoded =
        Base64.getUrlEncoder().withoutPadding().encodeToString(json.toString().getBytes(UTF_8));
    return new BodyAuthorization("Wallet " + encoded);
  }
}
