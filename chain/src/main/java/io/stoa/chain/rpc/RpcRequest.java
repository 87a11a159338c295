package io.stoa.chain.rpc;

import static io.stoa.chain.rpc.Wire.quantity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stoa.chain.rpc.JsonRpc.Answer;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One question to a node, alone or in a batch ({@link Rpc#ask}, {@link Rpc#askAll}). Answers are
 * checked against the question: a block with another hash than the one asked for is no answer.
 *
 * @param <T> what is asked for
 */
public final class RpcRequest<T> {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String method;
  private final ArrayNode params;
  private final Function<Answer, T> decoder;

  private RpcRequest(String method, ArrayNode params, Function<Answer, T> decoder) {
    this.method = method;
    this.params = params;
    this.decoder = decoder;
  }

  private static <T> RpcRequest<T> of(
      String method, List<JsonNode> params, Function<JsonNode, T> decoder) {
    return new RpcRequest<>(
        method, NODES.arrayNode().addAll(params), answer -> decoder.apply(given(answer)));
  }

  private static JsonNode given(Answer answer) {
    return switch (answer) {
      case Answer.Given(var result) -> result;
      case Answer.Refused(int code, var message, _) -> throw new RpcRefused(code, message);
    };
  }

  public static RpcRequest<ChainId> chainId() {
    return of("eth_chainId", List.of(), result -> new ChainId(Wire.longOf(result)));
  }

  /** The number of the newest block. */
  public static RpcRequest<Long> headNumber() {
    return of("eth_blockNumber", List.of(), Wire::longOf);
  }

  /** Empty if the node has no such block. */
  public static RpcRequest<Optional<BlockHeader>> block(BlockId block) {
    if (block instanceof BlockId.ByHash(var hash)) {
      return of(
          "eth_getBlockByHash",
          List.of(Wire.text(hash), NODES.booleanNode(false)),
          result -> Wire.optional(result, Wire::header).map(found -> Wire.named(found, block)));
    }
    return of(
        "eth_getBlockByNumber",
        List.of(Wire.blockParameter(block), NODES.booleanNode(false)),
        result -> Wire.optional(result, Wire::header).map(found -> Wire.named(found, block)));
  }

  /** In the order of the chain. Nodes refuse ranges that are too long or hold too much. */
  public static RpcRequest<List<Log>> logs(LogFilter filter, long from, long to) {
    var param = Wire.filter(filter).put("fromBlock", quantity(from)).put("toBlock", quantity(to));
    return of(
        "eth_getLogs",
        List.of(param),
        result ->
            Wire.logs(
                result,
                log ->
                    filter.matches(log)
                        && log.block().number() >= from
                        && log.block().number() <= to));
  }

  /** In the order of the chain. Refused when the node does not have the block. */
  public static RpcRequest<List<Log>> logs(LogFilter filter, Bytes32 block) {
    return of(
        "eth_getLogs",
        List.of(Wire.filter(filter).put("blockHash", block.toString())),
        result ->
            Wire.logs(result, log -> filter.matches(log) && log.block().hash().equals(block)));
  }

  /** Empty while the transaction is not mined. */
  public static RpcRequest<Optional<Receipt>> receipt(TxHash transaction) {
    return of(
        "eth_getTransactionReceipt",
        List.of(Wire.text(transaction)),
        result -> Wire.optional(result, node -> Wire.receipt(node, transaction)));
  }

  /** Empty if the node does not know the transaction. */
  public static RpcRequest<Optional<ChainTransaction>> transaction(TxHash transaction) {
    return of(
        "eth_getTransactionByHash",
        List.of(Wire.text(transaction)),
        result -> Wire.optional(result, node -> Wire.transaction(node, transaction)));
  }

  /** How many transactions {@code account} has sent, up to and with {@code block}. */
  public static RpcRequest<Long> nonce(Address account, BlockId block) {
    return of(
        "eth_getTransactionCount",
        List.of(Wire.text(account), Wire.blockParameter(block)),
        Wire::longOf);
  }

  /** Wei. */
  public static RpcRequest<BigInteger> balance(Address account, BlockId block) {
    return of(
        "eth_getBalance", List.of(Wire.text(account), Wire.blockParameter(block)), Wire::uint256);
  }

  /** Empty bytes for an account without code. */
  public static RpcRequest<Bytes> code(Address account, BlockId block) {
    return of("eth_getCode", List.of(Wire.text(account), Wire.blockParameter(block)), Wire::bytes);
  }

  /** A revert is a result; other errors are {@link RpcRefused}. */
  public static RpcRequest<CallResult> call(Call call, BlockId block) {
    return new RpcRequest<>(
        "eth_call",
        NODES.arrayNode().add(Wire.call(call)).add(Wire.blockParameter(block)),
        answer ->
            switch (answer) {
              case Answer.Given(var result) -> new CallResult.Returned(Wire.bytes(result));
              case Answer.Refused refused when Wire.isRevert(refused) ->
                  new CallResult.Reverted(refused.message(), Wire.revertData(refused.data()));
              case Answer.Refused(int code, var message, _) -> throw new RpcRefused(code, message);
            });
  }

  /**
   * On top of the newest block. That the call fails is a result; other errors are {@link
   * RpcRefused}.
   */
  public static RpcRequest<GasEstimate> estimateGas(Call call) {
    return new RpcRequest<>(
        "eth_estimateGas",
        NODES.arrayNode().add(Wire.call(call)),
        answer ->
            switch (answer) {
              case Answer.Given(var result) -> new GasEstimate.Uses(Wire.longOf(result));
              case Answer.Refused refused when Wire.isFailure(refused) ->
                  new GasEstimate.Fails(refused.message(), Wire.revertData(refused.data()));
              case Answer.Refused(int code, var message, _) -> throw new RpcRefused(code, message);
            });
  }

  /** Wei per gas that the node suggests to add to the base fee. */
  public static RpcRequest<BigInteger> suggestedTip() {
    return of("eth_maxPriorityFeePerGas", List.of(), Wire::uint256);
  }

  /** Puts code at an address. Only development nodes (anvil) do that; others refuse. */
  public static RpcRequest<Boolean> placeCode(Address account, Bytes code) {
    return of(
        "anvil_setCode", List.of(Wire.text(account), NODES.textNode(code.toString())), _ -> true);
  }

  static RpcRequest<SendResult> send(Bytes raw, TxHash hash) {
    return new RpcRequest<>(
        "eth_sendRawTransaction",
        NODES.arrayNode().add(raw.toString()),
        answer -> SendAnswers.of(answer, hash));
  }

  String method() {
    return method;
  }

  JsonNode params() {
    return params;
  }

  /** Fails with {@link RpcUnavailable} when the answer makes no sense. */
  T decode(Answer answer) {
    try {
      return decoder.apply(answer);
    } catch (IllegalArgumentException | ArithmeticException garbage) {
      throw new RpcUnavailable("the node's answer to " + method + " makes no sense");
    }
  }
}
