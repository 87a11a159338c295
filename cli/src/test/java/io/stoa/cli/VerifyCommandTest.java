package io.stoa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stoa.cli.endpoints.DevelopmentWallet;
import io.stoa.cli.endpoints.Endpoints;
import io.stoa.crypto.Keccak;
import io.stoa.crypto.SigningKey;
import io.stoa.domain.Address;
import io.stoa.domain.Asset;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TokenAmount;
import io.stoa.domain.channel.ChannelCall;
import io.stoa.domain.channel.ChannelId;
import io.stoa.domain.listing.ListingId;
import io.stoa.domain.listing.Usage;
import io.stoa.domain.payment.Purchase;
import io.stoa.domain.payment.RequestDigest;
import io.stoa.x402.receipt.AttestedReceipt;
import io.stoa.x402.receipt.DeliveryReceipt;
import io.stoa.x402.receipt.PaidBy;
import io.stoa.x402.receipt.ReceiptMerkle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./stoa verify}, as somebody runs it who has documents and perhaps a chain. */
class VerifyCommandTest {
  private static final ChainId CHAIN = new ChainId(31337);
  private static final SigningKey ATTESTER = SigningKey.of(Keccak.hash("attester"));
  private static final Address ANCHOR = Address.parse("0x" + "aa".repeat(20));
  private static final Address SENDER = Address.parse("0x" + "bb".repeat(20));
  private static final ReceiptMerkle.Place PLACE =
      new ReceiptMerkle.Place(CHAIN, ANCHOR, SENDER, 1_790_000_000);
  private static final AttestedReceipt RECEIPT = receipt(7);
  private static final ReceiptMerkle TREE =
      ReceiptMerkle.of(
          PLACE,
          List.of(
              RECEIPT.receipt().digest(),
              receipt(8).receipt().digest(),
              receipt(9).receipt().digest()));

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;
  private HttpServer server;
  private Bytes32 kept = TREE.root();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/.well-known/did.json", exchange -> answer(exchange, 200, did(ATTESTER)));
    server.createContext("/receipt", exchange -> answer(exchange, 200, RECEIPT.json().toString()));
    server.createContext("/private", this::onlyByWallet);
    server.createContext("/rpc", this::chain);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void rule67AReceiptIsCheckedWithoutANetwork() throws IOException {
    assertThat(verify(file("receipt.json", RECEIPT.json().toString()))).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "The signature is that of %s over this receipt.%n".formatted(ATTESTER.address()));
  }

  @Test
  void aChangedReceiptIsRefused() throws IOException {
    var changed = RECEIPT.json().toString().replace("\"1000\"", "\"1\"");

    assertThat(verify(file("receipt.json", changed))).isOne();
    assertThat(err.toString()).startsWith("stoa: The signature is not that of ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void whatIsNoReceiptIsNamed() throws IOException {
    assertThat(verify(file("receipt.json", "{}"))).isOne();
    assertThat(err.toString()).startsWith("stoa: The receipt cannot be read: /");
    assertThat(verify(folder.resolve("nothing.json").toString())).isOne();
    assertThat(err.toString()).contains("There is no file ");
  }

  @Test
  void aReceiptIsFetchedFromAUrl() {
    assertThat(verify(url("/receipt"))).isZero();
    assertThat(verify(url("/nothing"))).isOne();
    assertThat(err.toString()).contains("answers with status 404.");
  }

  @Test
  void whatIsKeptToItsPartiesIsFetchedByAWallet() throws IOException {
    new Endpoints(
            URI.create(url("")),
            URI.create(url("/rpc")),
            CHAIN,
            Map.of(),
            DevelopmentWallet.all(),
            "",
            folder)
        .write(folder);
    var state = folder.toString();

    assertThat(run("--state", state, "verify", url("/private"), "--wallet", "buyer-1")).isZero();
    assertThat(verify(url("/private"))).isOne();
    assertThat(err.toString()).contains("status 403. This needs a wallet's authorization.");
  }

  @Test
  void theSignerIsTheNodesAttester() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());

    assertThat(verify(receipt, "--did", file("did.json", did(ATTESTER)))).isZero();
    assertThat(verify(receipt, "--did", url(""))).isZero();
    assertThat(out.toString()).contains("The signer attests for did:web:market.example.");
  }

  @Test
  void anotherSignerIsRefused() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());
    var other = did(SigningKey.of(Keccak.hash("other")));

    assertThat(verify(receipt, "--did", file("did.json", other))).isOne();
    assertThat(err.toString()).contains("does not attest for did:web:market.example.");
  }

  @Test
  void theKeyThatSignsRequestsDoesNotAttest() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());
    var demoted = did(ATTESTER).replace("\"assertionMethod\":[\"did", "\"authentication\":[\"did");

    assertThat(verify(receipt, "--did", file("did.json", demoted))).isOne();
    assertThat(err.toString()).contains("names no account that makes assertions");
  }

  @Test
  void aProofLeadsToItsRootAndTheChainKeepsIt() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());
    var proof = file("proof.json", proof(RECEIPT));

    assertThat(verify(receipt, "--proof", proof)).isZero();
    assertThat(verify(receipt, "--proof", proof, "--rpc", url("/rpc"))).isZero();
    assertThat(out.toString())
        .contains("The receipt is under the root " + TREE.root())
        .contains("anchored for epoch 1790000000");
  }

  @Test
  void aProofOfAnotherReceiptIsRefused() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());

    assertThat(verify(receipt, "--proof", file("proof.json", proof(receipt(8))))).isOne();
    assertThat(err.toString()).contains("The proof is of another receipt: ");
  }

  @Test
  void aProofThatLeadsElsewhereIsRefused() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());
    var elsewhere = proof(RECEIPT).replace(TREE.root().toString(), Bytes32.ZERO.toString());

    assertThat(verify(receipt, "--proof", file("proof.json", elsewhere))).isOne();
    assertThat(err.toString()).contains("does not lead from the receipt to its root");
  }

  @Test
  void aRootThatTheChainDoesNotKeepIsRefused() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());
    var proof = file("proof.json", proof(RECEIPT));

    kept = Bytes32.ZERO;
    assertThat(verify(receipt, "--proof", proof, "--rpc", url("/rpc"))).isOne();
    assertThat(err.toString()).contains("has anchored nothing for epoch 1790000000");
    kept = Bytes32.of(BigInteger.TEN);
    assertThat(verify(receipt, "--proof", proof, "--rpc", url("/rpc"))).isOne();
    assertThat(err.toString()).contains("Another root is anchored for epoch 1790000000");
  }

  @Test
  void wrongUsageIsTold() throws IOException {
    var receipt = file("receipt.json", RECEIPT.json().toString());

    assertThat(verify()).isEqualTo(2);
    assertThat(verify(receipt, "--rpc", url("/rpc"))).isEqualTo(2);
    assertThat(err.toString()).contains("--rpc goes with --proof.");
  }

  private int verify(String... arguments) {
    var all = new ArrayList<>(List.of("verify"));
    all.addAll(List.of(arguments));
    return run(all.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return Cli.program()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private static AttestedReceipt receipt(long fence) {
    var account = Address.parse("0x" + "1a".repeat(20));
    return AttestedReceipt.by(
        ATTESTER,
        new DeliveryReceipt(
            new PaidBy.Channel(new ChannelCall(new ChannelId(Bytes32.ZERO), fence)),
            new Purchase(new ListingId(4), Bytes32.ZERO, Bytes32.ZERO),
            new RequestDigest("POST", "/x/stoa/demo", Bytes32.ZERO),
            Bytes32.ZERO,
            Usage.NOTHING,
            TokenAmount.of(new Asset(CHAIN, account), 1000),
            account,
            account,
            Instant.parse("2026-05-04T03:02:01Z")));
  }

  private static String did(SigningKey attester) {
    return """
        {"id":"did:web:market.example","verificationMethod":[
          {"id":"did:web:market.example#origin","publicKeyJwk":{}},
          {"id":"did:web:market.example#attester","blockchainAccountId":"%s:%s"}],
         "assertionMethod":["did:web:market.example#attester"]}
        """
        .formatted(CHAIN, attester.address());
  }

  private static String proof(AttestedReceipt receipt) {
    var digest = receipt.receipt().digest();
    return """
        {"receipt":"%s","chain":"%s","anchor":"%s","sender":"%s","epoch":%d,"root":"%s","proof":[%s]}
        """
        .formatted(
            digest,
            CHAIN,
            ANCHOR,
            SENDER,
            PLACE.epoch(),
            TREE.root(),
            TREE.proof(digest).stream()
                .map(sibling -> "\"" + sibling + "\"")
                .collect(Collectors.joining(",")));
  }

  private void onlyByWallet(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
      answer(exchange, 403, "{\"detail\":\"This needs a wallet's authorization.\"}");
    } else {
      answer(exchange, 200, RECEIPT.json().toString());
    }
  }

  /** A chain that knows its name and one root. */
  private void chain(HttpExchange exchange) throws IOException {
    var request = new JsonMapper().readTree(exchange.getRequestBody());
    var result = request.path("method").asText().equals("eth_chainId") ? "0x7a69" : kept.toString();
    answer(
        exchange,
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":\"%s\"}".formatted(request.path("id"), result));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      var bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
