package io.stoa.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.crypto.Abi;
import io.stoa.crypto.Eip712;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.Secp256k1;
import io.stoa.crypto.Signature;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BodyAuthorizationTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final Bytes32 SHA256 = Bytes32.of(BigInteger.valueOf(77));
  private static final Instant NOW = Instant.ofEpochSecond(1_793_000_000);

  @Test
  void isSignedByItsUploaderOverEveryField() throws Exception {
    // Given
    var uploader = DevelopmentWallet.find("provider").orElseThrow().key();

    // When
    var header = BodyAuthorization.sign(uploader, CHAIN, 123, SHA256, NOW).header();

    // Then
    assertThat(header).startsWith("Wallet ").doesNotContain("=");
    var json =
        new JsonMapper()
            .readTree(Base64.getUrlDecoder().decode(header.substring("Wallet ".length())));
    var expires = Long.parseLong(json.path("expires").textValue());
    assertThat(expires - NOW.getEpochSecond()).isBetween(1L, 600L);
    var digest =
        Eip712.digest(
            new Eip712.Domain("Stoa", "1", CHAIN, null).separator(),
            Eip712.hashStruct(
                Keccak.hash(
                    "Upload(address uploader,uint256 size,bytes32 sha256,uint64 expires,bytes32"
                        + " nonce)"),
                Abi.word(uploader.address()),
                Abi.word(Long.parseLong(json.path("size").textValue())),
                Bytes32.parse(json.path("sha256").textValue()),
                Abi.word(expires),
                Bytes32.parse(json.path("nonce").textValue())));
    var signature =
        Signature.strict(HexFormat.of().parseHex(json.path("signature").textValue().substring(2)));
    assertThat(Secp256k1.fastest().recover(digest, signature)).contains(uploader.address());
    assertThat(json.path("uploader").textValue()).isEqualTo(uploader.address().toString());
  }
}
