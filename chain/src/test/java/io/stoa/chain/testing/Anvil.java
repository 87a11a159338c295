package io.stoa.chain.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcSettings;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A local chain of its own for one test class. */
public final class Anvil implements AutoCloseable {
  public static final ChainId CHAIN = new ChainId(31337);

  /** Rich on every anvil: the first account of the standard test mnemonic. */
  public static final SigningKey RICH =
      SigningKey.of(
          Bytes32.parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));

  /** The second account of that mnemonic. */
  public static final Address GUARDIAN =
      Address.parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

  private static final String BINARY =
      "contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
  private static final String LISTENING = "Listening on ";

  private final Process process;
  private final URI endpoint;
  private final HttpClient http = HttpClient.newHttpClient();

  private Anvil(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts on a free port; {@code options} as on the command line. */
  public static Anvil start(String... options) {
    try {
      var command = new ArrayList<>(List.of(binary().toString(), "--port", "0"));
      command.addAll(List.of(options));
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new Anvil(process, URI.create("http://" + listening(process)));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Goes on reading, so that the process never waits for its output to be taken. */
  private static String listening(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(LISTENING)) {
        Thread.ofVirtual().start(() -> drain(output));
        return line.substring(LISTENING.length()).strip();
      }
    }
    throw new IllegalStateException("anvil ended before it listened");
  }

  private static void drain(BufferedReader output) {
    try {
      output.transferTo(Writer.nullWriter());
    } catch (IOException ended) {
      // The process is gone.
    }
  }

  private static Path binary() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      var candidate = folder.resolve(BINARY);
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IllegalStateException("no anvil: run `npm ci` in contracts/");
  }

  public URI endpoint() {
    return endpoint;
  }

  public Rpc rpc() {
    return Rpc.connect(RpcSettings.of(endpoint));
  }

  /** Calls one of anvil's own methods; parameters are strings, numbers, booleans. */
  public JsonNode ask(String method, Object... params) {
    var mapper = new JsonMapper();
    var body = mapper.createObjectNode().put("jsonrpc", "2.0").put("id", 1).put("method", method);
    body.set("params", mapper.valueToTree(params));
    var request =
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      var reply = mapper.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      if (reply.has("error")) {
        throw new IllegalStateException(reply.path("error").toString());
      }
      return reply.path("result");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  public void mine() {
    ask("evm_mine");
  }

  /** A new account with this much wei. */
  public SigningKey account(long seed, BigInteger wei) {
    var key = SigningKey.of(Bytes32.of(BigInteger.valueOf(seed)));
    fund(key.address(), wei);
    return key;
  }

  public void fund(Address account, BigInteger wei) {
    ask("anvil_setBalance", account.toString(), "0x" + wei.toString(16));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}
