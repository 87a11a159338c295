package io.stoa.chain.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.stoa.chain.testing.FaultyRpc;
import io.stoa.chain.testing.FaultyRpc.Fault;
import io.stoa.crypto.Keccak;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RpcTest {
  private static final Bytes32 HASH = Bytes32.parse("0x" + "a".repeat(64));
  private static final Bytes32 OTHER_HASH = Bytes32.parse("0x" + "b".repeat(64));
  private static final Address ACCOUNT = Address.parse("0x" + "c".repeat(40));

  private final FaultyRpc node = FaultyRpc.alone();
  private final FaultyRpc secondNode = FaultyRpc.alone();
  private final RpcSettings settings =
      new RpcSettings(
          List.of(node.endpoint()), Duration.ofSeconds(5), 3, Duration.ofMillis(2), 10_000);

  @AfterEach
  void close() {
    node.close();
    secondNode.close();
  }

  @Test
  void asksTheNextNodeWhenOneFails() {
    // Given
    node.spoil("eth_chainId", 10, Fault.STATUS_500);
    secondNode.spoil("eth_chainId", 10, result("\"0x1\""));
    try (var rpc = Rpc.connect(RpcSettings.of(node.endpoint(), secondNode.endpoint()))) {

      // When
      var first = rpc.chainId();
      var second = rpc.chainId();

      // Then
      assertThat(first).isEqualTo(new ChainId(1)).isEqualTo(second);
      assertThat(node.requests("eth_chainId")).isEqualTo(1);
    }
  }

  @Test
  void aNodeThatDoesNotEstimateDoesNotSayThatTheCallFails() {
    // Given
    node.spoil("eth_estimateGas", 1, error(-32005, "too many requests"));
    try (var rpc = Rpc.connect(settings)) {

      // When, Then
      assertThatThrownBy(() -> rpc.estimateGas(Call.of(ACCOUNT, Bytes.EMPTY)))
          .isInstanceOf(RpcRefused.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "execution reverted: InvalidSignature()",
        "gas required exceeds allowance (30000000)",
        "Out of gas: gas required exceeds allowance",
        "invalid opcode: INVALID"
      })
  void aCallThatFailsWhereverItIsAskedAboutIsSaidToFail(String message) {
    // Given
    node.spoil("eth_estimateGas", 1, error(-32000, message));
    try (var rpc = Rpc.connect(settings)) {

      // When, Then
      assertThat(rpc.estimateGas(Call.of(ACCOUNT, Bytes.EMPTY)))
          .isInstanceOf(GasEstimate.Fails.class);
    }
  }

  @Test
  void triesAReadAsOftenAsItMayAndNotOftener() {
    // Given
    node.spoil("eth_chainId", 10, Fault.LOSE_THE_REQUEST);
    try (var rpc = Rpc.connect(settings)) {

      // When
      assertThatThrownBy(rpc::chainId).isInstanceOf(RpcUnavailable.class);

      // Then
      assertThat(node.requests("eth_chainId")).isEqualTo(3);
    }
  }

  @Test
  void aNodeThatClosedItsConnectionsIsAskedOnNewOnes() throws Exception {
    // Given
    int connections = 8;
    var before = server(0, connections);
    var address = before.getAddress();
    var endpoint = URI.create("http://127.0.0.1:" + address.getPort());
    try (var rpc = Rpc.connect(RpcSettings.of(endpoint));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      callers.invokeAll(Collections.nCopies(connections, rpc::chainId));

      // When
      before.stop(0);
      var after = server(address.getPort(), 1);

      // Then
      try {
        assertThat(rpc.chainId()).isEqualTo(new ChainId(1));
      } finally {
        after.stop(0);
      }
    }
  }

  /** Answers once so many ask at the same time, each on a connection of its own. */
  private static HttpServer server(int port, int together) throws IOException {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    var all = new CountDownLatch(together);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          all.countDown();
          hold(all);
          var answer = "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x1\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aNodeThatTakesTooLongIsUnavailable() {
    // Given
    node.spoil("eth_chainId", 1, new Fault.HoldTheReply());
    try (var rpc = Rpc.connect(settings.withTimeout(Duration.ofMillis(50)).withReadAttempts(1))) {

      // Then
      assertThatThrownBy(rpc::chainId)
          .isInstanceOf(RpcUnavailable.class)
          .hasMessage("the node did not answer in time");
    }
  }

  @Test
  void aNodeThatIsNotThereIsUnavailableAndNotNamed() {
    // Given
    node.close();
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThatThrownBy(rpc::chainId)
          .isInstanceOf(RpcUnavailable.class)
          .hasMessage("the node cannot be reached");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "<html>busy</html>",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"0x1\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x-1\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0xzz\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0xffffffffffffffffff\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x0\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"a\":[[[[]]]]}}"
      })
  void anAnswerThatMakesNoSenseIsNone(String body) {
    // Given
    node.spoil("eth_chainId", 3, new Fault.Reply(200, body));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThatThrownBy(rpc::chainId).isInstanceOf(RpcUnavailable.class);
    }
  }

  @Test
  void anAnswerThatIsTooLongIsNone() {
    // Given
    node.spoil("eth_getCode", 3, result("\"0x" + "00".repeat(6000) + "\""));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThatThrownBy(() -> rpc.code(ACCOUNT)).isInstanceOf(RpcUnavailable.class);
    }
  }

  @Test
  void aRefusalKeepsItsCodeAndIsNotTriedAgain() {
    // Given
    node.spoil(
        "eth_chainId", 1, error(-32005, "limit exceeded at https://node.example/v1/SECRET-KEY"));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThatThrownBy(rpc::chainId)
          .isInstanceOf(RpcRefused.class)
          .hasMessage("limit exceeded at ***")
          .extracting(failure -> ((RpcRefused) failure).code())
          .isEqualTo(-32005);
    }
  }

  @Test
  void anotherBlockThanTheOneAskedForIsNoAnswer() {
    // Given
    node.spoil("eth_getBlockByHash", 3, result(block(OTHER_HASH)));
    node.spoil("eth_getBlockByNumber", 3, result(block(HASH)));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThatThrownBy(() -> rpc.block(HASH)).isInstanceOf(RpcUnavailable.class);
      assertThatThrownBy(() -> rpc.block(6)).isInstanceOf(RpcUnavailable.class);
    }
  }

  @Test
  void aMissingBlockIsAbsent() {
    // Given
    node.spoil("eth_getBlockByHash", 1, result("null"));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThat(rpc.block(HASH)).isEmpty();
    }
  }

  @Test
  void logsThatWereNotAskedForAreNoAnswer() {
    // Given
    node.spoil("eth_getLogs", 6, result("[" + log(ACCOUNT, 5, 1) + "]"));
    try (var rpc = Rpc.connect(settings)) {
      var another = LogFilter.of(Address.ZERO);

      // Then
      assertThatThrownBy(() -> rpc.logs(another, 0, 9)).isInstanceOf(RpcUnavailable.class);
      assertThatThrownBy(() -> rpc.logs(LogFilter.of(ACCOUNT), 6, 9))
          .isInstanceOf(RpcUnavailable.class);
    }
  }

  @Test
  void logsComeInTheOrderOfTheChainWithoutTheRemovedOnes() {
    // Given
    var removed = log(ACCOUNT, 1, 0).replace("}", ",\"removed\":true}");
    node.spoil(
        "eth_getLogs",
        1,
        result(
            "[%s,%s,%s,%s]"
                .formatted(log(ACCOUNT, 5, 2), log(ACCOUNT, 5, 1), log(ACCOUNT, 2, 7), removed)));
    try (var rpc = Rpc.connect(settings)) {

      // When
      var logs = rpc.logs(LogFilter.of(ACCOUNT), 0, 9);

      // Then
      assertThat(logs.stream().map(Log::index)).containsExactly(7, 1, 2);
    }
  }

  @Test
  void aBatchIsAnsweredInTheOrderOfItsQuestionsWhateverTheOrderOfTheReplies() {
    // Given
    var replies =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"},"
            + "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x1\"}]";
    node.spoil("eth_getBalance", 1, new Fault.Reply(200, replies));
    try (var rpc = Rpc.connect(settings)) {
      var batch = rpc.batch();
      var balance = batch.add(RpcRequest.balance(ACCOUNT, BlockId.LATEST));
      var nonce = batch.add(RpcRequest.nonce(ACCOUNT, BlockId.LATEST));

      // When
      batch.send();

      // Then
      assertThat(balance.get()).isEqualTo(1);
      assertThat(nonce.get()).isEqualTo(2L);
    }
  }

  @Test
  void aBatchWithAnUnansweredQuestionIsNoAnswer() {
    // Given
    var reply = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"}]";
    node.spoil("eth_getBalance", 3, new Fault.Reply(200, reply));
    try (var rpc = Rpc.connect(settings)) {
      var question = RpcRequest.balance(ACCOUNT, BlockId.LATEST);

      // Then
      assertThatThrownBy(() -> rpc.askAll(List.of(question, question)))
          .isInstanceOf(RpcUnavailable.class);
    }
  }

  @Test
  void aRevertedCallIsAResultWithItsData() {
    // Given
    node.spoil(
        "eth_call",
        1,
        new Fault.Reply(
            200,
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":3,"
                + "\"message\":\"execution reverted\",\"data\":\"0xdeadbeef\"}}"));
    try (var rpc = Rpc.connect(settings)) {

      // When
      var result = rpc.call(Call.of(ACCOUNT, Bytes.EMPTY), BlockId.LATEST);

      // Then
      assertThat(result)
          .isEqualTo(new CallResult.Reverted("execution reverted", Bytes.parse("0xdeadbeef")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LOSE_THE_REPLY", "LOSE_THE_REQUEST", "STATUS_500", "GARBAGE"})
  void aSendWhoseAnswerIsLostIsUnknownAndSentOnce(String name) throws Exception {
    // Given
    node.spoil("eth_sendRawTransaction", 9, (Fault) Fault.class.getField(name).get(null));
    try (var rpc = Rpc.connect(settings)) {

      // When
      var result = rpc.send(Bytes.parse("0x02"));

      // Then
      assertThat(result).isInstanceOf(SendResult.Unknown.class);
      assertThat(node.requests("eth_sendRawTransaction")).isEqualTo(1);
    }
  }

  @Test
  void aSendIsAcceptedOnlyUnderItsOwnHash() {
    // Given
    var raw = Bytes.parse("0x0203");
    var hash = new TxHash(Keccak.hash(raw.toBytes()));
    node.spoil("eth_sendRawTransaction", 1, result("\"" + hash + "\""));
    node.spoil("eth_sendRawTransaction", 1, result("\"" + HASH + "\""));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThat(rpc.send(raw)).isEqualTo(new SendResult.Accepted());
      assertThat(rpc.send(raw)).isInstanceOf(SendResult.Unknown.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "already known,AlreadyKnown",
    "transaction already imported,AlreadyKnown",
    "AlreadyKnown,AlreadyKnown",
    "'nonce too low: next nonce 7, tx nonce 6',NonceTooLow",
    "OldNonce,NonceTooLow",
    "'Nonce too high. Expected nonce to be 5 but got 6',NonceTooHigh",
    "replacement transaction underpriced,Underpriced",
    "transaction underpriced,Underpriced",
    "max fee per gas less than block base fee,Underpriced",
    "'insufficient funds for gas * price + value',InsufficientFunds",
    "Insufficient funds for gas * price + value,InsufficientFunds",
    "intrinsic gas too low,Refused",
    "txpool is full,Refused"
  })
  void tellsApartWhyATransactionIsRefused(String message, String kind) {
    // Given
    node.spoil("eth_sendRawTransaction", 1, error(-32000, message));
    try (var rpc = Rpc.connect(settings)) {

      // When
      var result = rpc.send(Bytes.parse("0x02"));

      // Then
      assertThat(result.getClass().getSimpleName()).isEqualTo(kind);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-32603, -32005})
  void anErrorOfTheNodeItselfSaysNothingAboutTheTransaction(int code) {
    // Given
    node.spoil("eth_sendRawTransaction", 1, error(code, "try again"));
    try (var rpc = Rpc.connect(settings)) {

      // Then
      assertThat(rpc.send(Bytes.parse("0x02"))).isInstanceOf(SendResult.Unknown.class);
    }
  }

  @Test
  void answersWhileTheCommonPoolIsBusy() {
    // Given
    node.spoil("eth_chainId", 1, result("\"0x1\""));
    var done = new CountDownLatch(1);
    for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
      ForkJoinPool.commonPool().execute(() -> hold(done));
    }
    try (var rpc = Rpc.connect(settings)) {

      // When
      var chain = rpc.chainId();

      // Then
      assertThat(chain).isEqualTo(new ChainId(1));
    } finally {
      done.countDown();
    }
  }

  @Test
  void settingsDoNotPrintTheirEndpoints() {
    // When
    var text = RpcSettings.of(URI.create("https://node.example/v1/SECRET")).toString();

    // Then
    assertThat(text).doesNotContain("node.example").doesNotContain("SECRET");
  }

  private static void hold(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Fault result(String json) {
    return new Fault.Reply(200, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":" + json + "}");
  }

  private static Fault error(int code, String message) {
    return new Fault.Reply(
        200,
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
            .formatted(code, message));
  }

  private static String block(Bytes32 hash) {
    return "{\"number\":\"0x5\",\"hash\":\"%s\",\"parentHash\":\"%s\",\"timestamp\":\"0x1\"}"
        .formatted(hash, hash);
  }

  private static String log(Address address, int block, int index) {
    return ("{\"address\":\"%s\",\"topics\":[],\"data\":\"0x\",\"blockNumber\":\"0x%x\","
            + "\"blockHash\":\"%s\",\"transactionHash\":\"%s\",\"transactionIndex\":\"0x0\","
            + "\"logIndex\":\"0x%x\"}")
        .formatted(address, block, HASH, HASH, index);
  }
}
