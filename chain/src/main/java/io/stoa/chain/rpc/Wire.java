package io.stoa.chain.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.chain.rpc.JsonRpc.Answer;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The forms of EIP-1474 in both directions. What cannot be read is an {@link
 * IllegalArgumentException} or {@link ArithmeticException}, which {@link RpcRequest} translates.
 */
final class Wire {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int REVERTED = 3;

  private Wire() {}

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static JsonNode text(Object value) {
    return NODES.textNode(value.toString());
  }

  static JsonNode blockParameter(BlockId block) {
    return switch (block) {
      case BlockId.Latest _ -> text("latest");
      case BlockId.Pending _ -> text("pending");
      case BlockId.Finalized _ -> text("finalized");
      case BlockId.ByNumber(long number) -> text(quantity(number));
      case BlockId.ByHash(var hash) ->
          NODES.objectNode().put("blockHash", hash.toString()).put("requireCanonical", true);
    };
  }

  static ObjectNode call(Call call) {
    var node = NODES.objectNode();
    call.from().ifPresent(from -> node.put("from", from.toString()));
    call.gas().ifPresent(gas -> node.put("gas", quantity(gas)));
    node.put("to", call.to().toString()).put("data", call.data().toString());
    if (call.value().signum() > 0) {
      node.put("value", "0x" + call.value().toString(16));
    }
    return node;
  }

  static ObjectNode filter(LogFilter filter) {
    var node = NODES.objectNode();
    if (!filter.addresses().isEmpty()) {
      var addresses = node.putArray("address");
      filter.addresses().forEach(address -> addresses.add(address.toString()));
    }
    if (!filter.topics().isEmpty()) {
      var topics = node.putArray("topics");
      for (var wanted : filter.topics()) {
        if (wanted.isEmpty()) {
          topics.addNull();
        } else {
          var values = topics.addArray();
          wanted.forEach(value -> values.add(value.toString()));
        }
      }
    }
    return node;
  }

  static String string(JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("not a string");
    }
    return node.textValue();
  }

  static BigInteger uint256(JsonNode node) {
    var hex = string(node);
    if (!hex.startsWith("0x") || hex.length() < 3 || hex.length() > 66 || hex.charAt(2) == '-') {
      throw new IllegalArgumentException("not a quantity");
    }
    return new BigInteger(hex.substring(2), 16);
  }

  static long longOf(JsonNode node) {
    return uint256(node).longValueExact();
  }

  static int intOf(JsonNode node) {
    return uint256(node).intValueExact();
  }

  static Bytes bytes(JsonNode node) {
    return Bytes.parse(string(node));
  }

  static Bytes32 bytes32(JsonNode node) {
    return Bytes32.parse(string(node));
  }

  static Address address(JsonNode node) {
    return Address.parse(string(node));
  }

  static <T> Optional<T> optional(JsonNode node, Function<JsonNode, T> decoder) {
    return node.isNull() || node.isMissingNode()
        ? Optional.empty()
        : Optional.of(decoder.apply(node));
  }

  static BlockHeader header(JsonNode node) {
    return new BlockHeader(
        new BlockRef(longOf(node.path("number")), bytes32(node.path("hash"))),
        bytes32(node.path("parentHash")),
        longOf(node.path("timestamp")),
        optional(node.path("baseFeePerGas"), Wire::uint256).orElse(BigInteger.ZERO));
  }

  /** Whether the node answered with the block that was asked for. */
  static BlockHeader named(BlockHeader header, BlockId asked) {
    boolean right =
        switch (asked) {
          case BlockId.ByNumber(long number) -> header.number() == number;
          case BlockId.ByHash(var hash) -> header.hash().equals(hash);
          case BlockId.Latest _, BlockId.Pending _, BlockId.Finalized _ -> true;
        };
    if (!right) {
      throw new IllegalArgumentException("another block than the one asked for");
    }
    return header;
  }

  static List<Log> logs(JsonNode node, Predicate<Log> asked) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("not a list of logs");
    }
    var logs = new ArrayList<Log>(node.size());
    for (var each : node) {
      if (each.path("removed").asBoolean()) {
        continue;
      }
      var log = log(each);
      if (!asked.test(log)) {
        throw new IllegalArgumentException("a log that was not asked for");
      }
      logs.add(log);
    }
    logs.sort(
        Comparator.comparingLong((Log log) -> log.block().number()).thenComparing(Log::index));
    return logs;
  }

  private static Log log(JsonNode node) {
    var topics = new ArrayList<Bytes32>(4);
    for (var topic : node.path("topics")) {
      topics.add(bytes32(topic));
    }
    return new Log(
        address(node.path("address")),
        topics,
        bytes(node.path("data")),
        blockRef(node),
        new TxHash(bytes32(node.path("transactionHash"))),
        intOf(node.path("transactionIndex")),
        intOf(node.path("logIndex")));
  }

  private static BlockRef blockRef(JsonNode node) {
    return new BlockRef(longOf(node.path("blockNumber")), bytes32(node.path("blockHash")));
  }

  static Receipt receipt(JsonNode node, TxHash asked) {
    var block = blockRef(node);
    var receipt =
        new Receipt(
            new TxHash(bytes32(node.path("transactionHash"))),
            block,
            isOne(node.path("status")),
            address(node.path("from")),
            optional(node.path("to"), Wire::address),
            longOf(node.path("gasUsed")),
            optional(node.path("effectiveGasPrice"), Wire::uint256).orElse(BigInteger.ZERO),
            logs(
                node.path("logs"),
                log -> log.transaction().equals(asked) && log.block().equals(block)));
    if (!receipt.transaction().equals(asked)) {
      throw new IllegalArgumentException("another receipt than the one asked for");
    }
    return receipt;
  }

  private static boolean isOne(JsonNode status) {
    int value = intOf(status);
    if (value != 0 && value != 1) {
      throw new IllegalArgumentException("not a status: " + value);
    }
    return value == 1;
  }

  static ChainTransaction transaction(JsonNode node, TxHash asked) {
    var hash = new TxHash(bytes32(node.path("hash")));
    if (!hash.equals(asked)) {
      throw new IllegalArgumentException("another transaction than the one asked for");
    }
    return new ChainTransaction(
        hash,
        address(node.path("from")),
        optional(node.path("to"), Wire::address),
        longOf(node.path("nonce")),
        uint256(node.path("value")),
        bytes(node.path("input")),
        optional(node.path("blockNumber"), _ -> blockRef(node)));
  }

  static boolean isRevert(Answer.Refused refused) {
    return refused.code() == REVERTED
        || refused.message().toLowerCase(Locale.ROOT).contains("revert");
  }

  /**
   * Whether a call fails by itself, wherever it is asked about: it is reverted, or burns all gas
   * there is. Nodes say the latter in words only.
   */
  static boolean isFailure(Answer.Refused refused) {
    var message = refused.message().toLowerCase(Locale.ROOT);
    return isRevert(refused)
        || message.contains("out of gas")
        || message.contains("gas required exceeds")
        || message.contains("invalid opcode")
        || message.contains("evm error");
  }

  /** Nodes put the data of a revert into the error as text, or one level deeper. */
  static Bytes revertData(JsonNode data) {
    var hex = data.isObject() ? data.path("data") : data;
    return hex.isTextual() && hex.textValue().startsWith("0x") ? bytes(hex) : Bytes.EMPTY;
  }
}
