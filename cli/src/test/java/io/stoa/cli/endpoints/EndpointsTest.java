package io.stoa.cli.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.stoa.domain.Address;
import io.stoa.domain.ChainId;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
  private static final Endpoints ENDPOINTS =
      new Endpoints(
          URI.create("http://127.0.0.1:8080"),
          URI.create("http://127.0.0.1:8545"),
          new ChainId(31337),
          Map.of("UsdCoin", Address.parse("0x5FbDB2315678afecb367f032d93F642f64180aa3")),
          DevelopmentWallet.all(),
          "postgresql://stoa:secret@127.0.0.1:5432/stoa",
          Path.of("/srv/market/storage"));

  @TempDir Path state;

  @Test
  void areReadAsTheyWereWritten() throws Exception {
    // When
    ENDPOINTS.write(state);

    // Then
    assertThat(Endpoints.read(state)).contains(ENDPOINTS);
  }

  @Test
  void areForTheirOwnersEyesOnly() throws Exception {
    // When
    ENDPOINTS.write(state);

    // Then
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state.resolve("endpoints.json"))))
        .isEqualTo("rw-------");
    assertThat(ENDPOINTS.toString()).doesNotContain("secret");
  }

  @Test
  void nameTheWalletsOfTheStandardMnemonicInTheirOrder() {
    assertThat(DevelopmentWallet.all())
        .extracting(DevelopmentWallet::name)
        .containsExactly(
            "deployer",
            "operator",
            "provider",
            "buyer-1",
            "buyer-2",
            "buyer-3",
            "buyer-4",
            "buyer-5",
            "buyer-6",
            "buyer-7",
            "buyer-8",
            "member-1",
            "member-2",
            "member-3",
            "member-4");
    assertThat(DevelopmentWallet.find("deployer").map(DevelopmentWallet::address))
        .contains(Address.parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    assertThat(DevelopmentWallet.find("buyer-1").map(DevelopmentWallet::address))
        .contains(Address.parse("0x90F79bf6EB2c4f870365E785982E1f101E93b906"));
  }

  @Test
  void areAbsentWhileNoMarketIsUp() throws Exception {
    assertThat(Endpoints.read(state)).isEmpty();
  }

  @Test
  void sayHowToMendADamagedFile() throws Exception {
    // Given
    Files.writeString(state.resolve("endpoints.json"), "{\"api\":");

    // Then
    assertThatIOException()
        .isThrownBy(() -> Endpoints.read(state))
        .withMessageContaining("damaged");
  }
}
