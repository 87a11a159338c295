package io.stoa.cli.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * A wallet's wish to read something of its own, as the market wants it: EIP-712, good for ten
 * minutes and for one path of one node.
 *
 * @param header the value of {@code Authorization}
 */
public record ReadAuthorization(String header) {
  private static final Bytes32 TYPE = Keccak.hash("Read(address reader,string url,uint64 expires)");
  private static final Duration LIFETIME = Duration.ofSeconds(590);

  /**
   * @param url what is read; its query is not signed
   */
  public static ReadAuthorization sign(SigningKey reader, ChainId chain, URI url, Instant now) {
    long expires = now.plus(LIFETIME).getEpochSecond();
    var signed = url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    var struct =
        Eip712.hashStruct(TYPE, Abi.word(reader.address()), Keccak.hash(signed), Abi.word(expires));
    var domain = new Eip712.Domain("Stoa", "1", chain, null);
    var signature = reader.sign(Eip712.digest(domain.separator(), struct));
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("reader", reader.address().toString())
            .put("expires", Long.toString(expires))
            .put("signature", signature.toString());
    return new ReadAuthorization(
        "Wallet "
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(UTF_8)));
  }
}
