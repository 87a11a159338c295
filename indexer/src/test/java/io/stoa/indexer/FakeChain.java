package io.stoa.indexer;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.domain.TxHash;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A chain in memory that grows, forks, and loses its end; asked by number it knows one fork. */
final class FakeChain implements ChainReader {
  static final ChainId ID = new ChainId(31337);
  static final Address REGISTRY = Address.parse("0x" + "ab".repeat(20));

  /** A name that no event of the registry has. */
  static final Bytes32 FOREIGN = Bytes32.parse("0x" + "f0".repeat(32));

  private record Block(BlockHeader header, List<Log> logs) {}

  private List<Block> blocks = new ArrayList<>();
  private int fork;
  private int longestRange = Integer.MAX_VALUE;
  private Runnable beforeLogs = () -> {};
  private Optional<Integer> visible = Optional.empty();

  /** Holds block 0. */
  FakeChain() {
    mine(1);
  }

  /** Adds empty blocks. */
  FakeChain mine(int count) {
    for (int i = 0; i < count; i++) {
      add(0, FOREIGN);
    }
    return this;
  }

  /** Adds a block with events. */
  FakeChain mineWith(int events) {
    return add(events, FOREIGN);
  }

  /** Adds a block with an event of this name and no data. */
  FakeChain mineEvent(Bytes32 name) {
    return add(1, name);
  }

  /** Everything above {@code height} is gone; what is mined next is another fork. */
  FakeChain cutBack(int height) {
    blocks = new ArrayList<>(blocks.subList(0, height + 1));
    fork++;
    return this;
  }

  /** What {@link #restore} takes. */
  List<?> fork() {
    return List.copyOf(blocks);
  }

  @SuppressWarnings("unchecked")
  void restore(List<?> fork) {
    blocks = new ArrayList<>((List<Block>) fork);
    this.fork++;
  }

  /** Longer ranges are refused. */
  void refuseBeyond(int blocks) {
    longestRange = blocks;
  }

  /** The node has not seen the blocks above {@code height} yet; empty for a node that has. */
  void lagAt(Optional<Integer> height) {
    visible = height;
  }

  /** Happens once, between reading headers and reading logs. */
  void beforeLogs(Runnable surprise) {
    beforeLogs = surprise;
  }

  /** Every event of the present fork. */
  List<Log> allLogs() {
    return blocks.stream().flatMap(block -> block.logs().stream()).toList();
  }

  int height() {
    return visible.orElse(blocks.size() - 1);
  }

  @Override
  public ChainId chain() {
    return ID;
  }

  @Override
  public BlockHeader head() {
    return blocks.get(height()).header();
  }

  @Override
  public List<BlockHeader> blocks(List<Long> numbers) {
    return numbers.stream()
        .filter(number -> number <= height())
        .map(number -> blocks.get(number.intValue()).header())
        .toList();
  }

  @Override
  public List<Log> logs(List<BlockHeader> wanted) {
    var surprise = beforeLogs;
    beforeLogs = () -> {};
    surprise.run();
    var logs = new ArrayList<Log>();
    for (var header : wanted) {
      var block =
          blocks.stream()
              .filter(each -> each.header().equals(header))
              .findFirst()
              .orElseThrow(() -> new RpcRefused(-32000, "unknown block"));
      logs.addAll(block.logs());
    }
    return logs;
  }

  @Override
  public Optional<Stretch> stretch(long from, long to) {
    if (to - from + 1 > longestRange) {
      throw new RpcRefused(-32005, "range too long");
    }
    if (to > height()) {
      return Optional.empty();
    }
    var range = blocks.subList((int) from, (int) to + 1);
    var headers =
        range.stream()
            .filter(block -> !block.logs().isEmpty() || block.header().number() == to)
            .map(Block::header)
            .toList();
    return Optional.of(
        new Stretch(
            range.getFirst().header(),
            headers,
            range.stream().flatMap(block -> block.logs().stream()).toList()));
  }

  private FakeChain add(int events, Bytes32 name) {
    int number = blocks.size();
    var ref = new BlockRef(number, hash(fork, number));
    var parent = number == 0 ? Bytes32.ZERO : blocks.getLast().header().hash();
    var header = new BlockHeader(ref, parent, 1_700_000_000L + number, BigInteger.ZERO);
    var logs = IntStream.range(0, events).mapToObj(index -> log(ref, index, name)).toList();
    blocks.add(new Block(header, logs));
    return this;
  }

  private static Log log(BlockRef block, int index, Bytes32 name) {
    return new Log(
        REGISTRY,
        List.of(name),
        Bytes.EMPTY,
        block,
        new TxHash(hash(1_000 + index, (int) block.number())),
        index,
        index);
  }

  private static Bytes32 hash(int fork, int number) {
    return Bytes32.of(BigInteger.valueOf(fork + 1L).shiftLeft(64).add(BigInteger.valueOf(number)));
  }
}
