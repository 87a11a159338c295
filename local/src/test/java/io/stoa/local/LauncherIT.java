package io.stoa.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.chain.token.TokenReads;
import io.stoa.cli.endpoints.Endpoints;
import io.stoa.domain.Address;
import io.stoa.local.chain.LocalChain;
import io.stoa.local.database.LocalDatabase;
import io.stoa.local.process.Await;
import io.stoa.local.process.Ports;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * One market through its life, as somebody at a terminal sees it. The steps build on each other.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherIT {
  private static final String LISTING = "/v1/listings/stoa/minilm";
  private static final int PORT = Ports.choose();

  @TempDir static Path directory;
  private static Launcher launcher;
  private static String receipt = "none yet";

  @BeforeAll
  static void nameTheState() {
    launcher = new Launcher(directory.resolve("state"));
  }

  @AfterAll
  static void stop() {
    launcher.run("down");
  }

  @Test
  @Order(1)
  void upReturnsOnceTheDemoModelIsForSale() throws Exception {
    // When
    var up = up();

    // Then
    assertThat(up.output()).contains("http://127.0.0.1:" + PORT, "buyer-8", "member-4");
    assertThat(up.exitCode()).isZero();
    assertThat(launcher.status("/q/health/ready")).isEqualTo(200);
    var listing = launcher.get(LISTING);
    assertThat(listing.path("kind").asText()).isEqualTo("MODEL");
    assertThat(listing.path("status").asText()).isEqualTo("ACTIVE");
    assertThat(listing.at("/offers/0/price/amount").asText()).isEqualTo("1000");
    assertThat(listing.has("unlisted")).isFalse();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(Endpoints.fileIn(launcher.state()))))
        .isEqualTo("rw-------");
  }

  @Test
  @Order(2)
  void buyBringsAnAnswerAndAReceiptForTheExactPrice() throws Exception {
    // Given
    var before = dollars(splitter());

    // When
    var buy = launcher.run("buy", "stoa/minilm", "--input", "hello", "--json");

    // Then
    assertThat(buy.exitCode()).as(buy.output()).isZero();
    var bought =
        new JsonMapper()
            .readTree(
                buy.output().lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow());
    assertThat(bought.at("/result/data/0/embedding")).hasSize(384);
    assertThat(bought.at("/price/amount").asText()).isEqualTo("1000");
    assertThat(dollars(splitter()).subtract(before)).isEqualTo(1000);
    receipt = "/v1/receipts/" + bought.path("payment").asText();
    assertThat(launcher.status(receipt)).isEqualTo(200);
  }

  @Test
  @Order(3)
  void aSecondUpSaysWhoHoldsTheLock() {
    // When
    var second = up();

    // Then
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.output()).contains("Process " + launcher.pid("market") + " holds the lock");
  }

  @Test
  @Order(4)
  void aPortThatIsTakenIsNamed() {
    // Given
    var other = new Launcher(directory.resolve("other"));

    // When
    var up = other.run("up", "--detach", "--port", Integer.toString(PORT));

    // Then
    assertThat(up.exitCode()).isEqualTo(1);
    assertThat(up.output()).contains("Port " + PORT + " is taken");
  }

  @Test
  @Order(5)
  void upAfterAKillTakesOverTheDatabaseAndTheChain() {
    // Given
    var database = databasePid();
    var chain = launcher.pid("chain");
    kill(launcher.pid("market"));

    // When
    var up = up();

    // Then
    assertThat(up.exitCode()).as(up.output()).isZero();
    assertThat(databasePid()).isEqualTo(database);
    assertThat(launcher.pid("chain")).isEqualTo(chain);
    assertThat(launcher.status(LISTING)).isEqualTo(200);
  }

  @Test
  @Order(6)
  void downAndUpKeepListingsReceiptsAndBalances() {
    // Given
    var listing = launcher.get(LISTING);
    var receiptBefore = launcher.get(receipt);
    var earned = dollars(splitter());
    assertThat(launcher.run("down").output()).contains("nothing is lost");
    assertThat(Endpoints.fileIn(launcher.state())).doesNotExist();
    assertThat(LocalDatabase.find(launcher.state().resolve("postgres"))).isEmpty();
    assertThat(LocalChain.find(launcher.state())).isEmpty();

    // When
    var up = up();

    // Then
    assertThat(up.exitCode()).as(up.output()).isZero();
    assertThat(launcher.get(LISTING)).isEqualTo(listing);
    assertThat(launcher.get(receipt)).isEqualTo(receiptBefore);
    assertThat(dollars(splitter())).isEqualTo(earned);
  }

  @Test
  @Order(7)
  void freshStartsAnew() {
    // When
    var up = launcher.run("up", "--detach", "--fresh", "--port", Integer.toString(PORT));

    // Then
    assertThat(up.exitCode()).as(up.output()).isZero();
    assertThat(launcher.status(LISTING)).isEqualTo(200);
    assertThat(launcher.status(receipt)).isEqualTo(404);
    assertThat(dollars(splitter())).isZero();
  }

  @Test
  @Order(8)
  void beingToldToEndStopsEverything() throws Exception {
    // Given
    launcher.run("down");
    var log = directory.resolve("foreground.out");
    var foreground = launcher.start(log, "up", "--port", Integer.toString(PORT));
    assertThat(
            Await.until(
                Duration.ofMinutes(1),
                () -> !foreground.isAlive() || read(log).contains("Ctrl-C stops it")))
        .isTrue();

    // When
    // Like Ctrl-C, which programs that were started in the background ignore.
    foreground.destroy();
    assertThat(foreground.waitFor(1, TimeUnit.MINUTES)).isTrue();

    // Then
    assertThat(read(log)).contains("stopped; nothing is lost");
    assertThat(LocalDatabase.find(launcher.state().resolve("postgres"))).isEmpty();
    assertThat(LocalChain.find(launcher.state())).isEmpty();
    assertThat(Ports.isFree(PORT)).isTrue();
  }

  private static Launcher.Ended up() {
    return launcher.run("up", "--detach", "--port", Integer.toString(PORT));
  }

  private static long databasePid() {
    return LocalDatabase.find(launcher.state().resolve("postgres")).orElseThrow().pid();
  }

  private static void kill(long pid) {
    var process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    assertThat(Await.until(Duration.ofSeconds(10), () -> !process.isAlive())).isTrue();
  }

  private static Address splitter() {
    return Address.parse(launcher.get(LISTING).path("splitter").asText());
  }

  private static BigInteger dollars(Address owner) {
    var endpoints = launcher.endpoints();
    try (var rpc = Rpc.connect(RpcSettings.of(endpoints.rpc()))) {
      var dollar = Objects.requireNonNull(endpoints.contracts().get("UsdCoin"));
      return new TokenReads(rpc).balanceOf(dollar, owner, BlockId.LATEST);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
