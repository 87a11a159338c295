package io.stoa.market.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.testkit.market.RunningMarket;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DidIT {
  private final RunningMarket market = RunningMarket.shared();

  @Test
  void theNodeShowsItsKeysUnderItsOwnName() throws IOException {
    var document = new JsonMapper().readTree(market.get("/.well-known/did.json").body());

    var did = "did:web:127.0.0.1%3A" + market.origin().getPort();
    assertThat(document.path("id").asText()).isEqualTo(did);
    assertThat(document.path("verificationMethod").findValuesAsText("id"))
        .containsExactly(did + "#origin", did + "#attester");
    assertThat(document.at("/verificationMethod/0/publicKeyJwk/crv").asText()).isEqualTo("Ed25519");
    assertThat(document.at("/verificationMethod/1/blockchainAccountId").asText())
        .startsWith("eip155:31337:0x");
  }
}
