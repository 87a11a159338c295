package io.stoa.indexer;

import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.persistence.mirror.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the registry's events from the chain into the mirror, one stretch of blocks after the
 * other. Close to the head logs are read by block hash: an empty answer then speaks of that very
 * block. Far behind, by ranges that shrink when a node refuses them. A parent that does not fit
 * means another fork: back to the last common block, and on from there. For one thread.
 */
public final class EventFollower {
  private static final System.Logger LOG = System.getLogger(EventFollower.class.getName());

  /** So many blocks below the head are read one by one, since they may still be replaced. */
  static final int NEAR = 64;

  /**
   * How long a chain that merely ends earlier than ours may be a node that lags behind the one
   * asked before.
   */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private final ChainReader reader;
  private final ChainId chain;
  private final Address registry;
  private final long firstBlock;
  private final MirrorWriter mirror;
  private final InstantSource clock;
  private final StretchLength length = new StretchLength();
  private final CatchUpReport report;
  private @Nullable Instant shorterSince;
  private volatile long head = -1;
  private volatile long reached = -1;

  /**
   * @param firstBlock the block in which the registry was deployed
   */
  public EventFollower(
      Rpc rpc, ChainId chain, Address registry, long firstBlock, MirrorWriter mirror) {
    this(
        new RpcChainReader(rpc, registry),
        chain,
        registry,
        firstBlock,
        mirror,
        InstantSource.system());
  }

  EventFollower(
      ChainReader reader,
      ChainId chain,
      Address registry,
      long firstBlock,
      MirrorWriter mirror,
      InstantSource clock) {
    this.reader = reader;
    this.chain = chain;
    this.registry = registry;
    this.firstBlock = firstBlock;
    this.mirror = mirror;
    this.clock = clock;
    this.report = new CatchUpReport(clock);
  }

  /** The number of the newest block that was seen; -1 before the first look. */
  public long head() {
    return head;
  }

  /** The number of the last block that is in the mirror; -1 before the first look. */
  public long reached() {
    return reached;
  }

  /**
   * Must come before the first step: makes sure that chain, registry and mirror belong together.
   */
  public void begin() {
    var actual = reader.chain();
    if (!actual.equals(chain)) {
      throw new RpcUnavailable("the node serves %s, not %s".formatted(actual, chain));
    }
    mirror.begin(chain, registry);
  }

  /**
   * Goes one stretch further, or back from a fork that is gone. Returns false when there is nothing
   * to do now. Blocks; what it throws left the mirror unchanged and may be tried again.
   */
  public boolean step() {
    var cursor = mirror.cursor(chain).map(Progress.Cursor::block);
    var top = reader.head();
    head = top.number();
    reached = cursor.map(BlockRef::number).orElse(firstBlock - 1);
    if (head < firstBlock) {
      throw new RpcUnavailable("the chain has not reached the registry's first block");
    }
    if (cursor.isPresent() && head <= reached && !top.ref().equals(cursor.get())) {
      return goBack(cursor.get(), top);
    }
    shorterSince = null;
    if (head == reached) {
      return false;
    }
    return head - reached > NEAR + 1
        ? readStretch(cursor, reached + 1, top)
        : readBlockByBlock(cursor, reached + 1, top);
  }

  private boolean readStretch(Optional<BlockRef> cursor, long from, BlockHeader top) {
    long to = Math.min(from + length.blocks() - 1, top.number() - NEAR);
    Optional<ChainReader.Stretch> stretch;
    try {
      stretch = reader.stretch(from, to);
    } catch (RpcRefused tooMuch) {
      if (!length.shorten()) {
        throw tooMuch;
      }
      return true;
    } catch (RpcUnavailable perhapsTooMuch) {
      length.shorten();
      throw perhapsTooMuch;
    }
    if (stretch.isEmpty()) {
      return false;
    }
    var read = stretch.get();
    if (!follows(cursor, read.first())) {
      return goBack(cursor.orElseThrow(), top);
    }
    advance(cursor, read.blocks(), read.logs());
    length.read(read.logs().size());
    return true;
  }

  private boolean readBlockByBlock(Optional<BlockRef> cursor, long from, BlockHeader top) {
    var blocks =
        new ArrayList<>(reader.blocks(LongStream.range(from, top.number()).boxed().toList()));
    blocks.add(top);
    if (blocks.size() != top.number() - from + 1) {
      return false;
    }
    if (!follows(cursor, blocks.getFirst())) {
      return goBack(cursor.orElseThrow(), top);
    }
    if (!isUnbroken(blocks)) {
      return false;
    }
    List<Log> logs;
    try {
      logs = reader.logs(blocks);
    } catch (RpcRefused refused) {
      if (reader.head().ref().equals(top.ref())) {
        throw refused;
      }
      return false;
    }
    advance(cursor, blocks, logs);
    return true;
  }

  private static boolean follows(Optional<BlockRef> cursor, BlockHeader block) {
    return cursor.isEmpty() || cursor.get().hash().equals(block.parent());
  }

  private static boolean isUnbroken(List<BlockHeader> blocks) {
    Bytes32 parent = blocks.getFirst().parent();
    for (var block : blocks) {
      if (!block.parent().equals(parent)) {
        return false;
      }
      parent = block.hash();
    }
    return true;
  }

  private void advance(Optional<BlockRef> cursor, List<BlockHeader> blocks, List<Log> logs) {
    var progress = Projection.of(blocks, logs);
    mirror.advance(chain, cursor, progress);
    reached = progress.to().block().number();
    for (var event : progress.dead()) {
      LOG.log(
          WARNING,
          "event parked: block={0} logIndex={1} event={2} reason={3}",
          Long.toString(event.block()),
          event.logIndex(),
          event.event(),
          event.reason());
    }
    report.advanced(reached, head, logs.size());
  }

  private boolean goBack(BlockRef cursor, BlockHeader top) {
    var parting = Parting.find(reader, mirror, chain, cursor, top);
    if (!parting.isFork() && !isPatienceOver()) {
      return false;
    }
    shorterSince = null;
    var ancestor = parting.ancestor();
    LOG.log(
        WARNING,
        "mirror goes back: from={0} to={1} reason={2}",
        Long.toString(cursor.number()),
        Long.toString(ancestor.map(BlockHeader::number).orElse(firstBlock - 1)),
        parting.isFork() ? "another fork" : "the chain ends earlier");
    mirror.unwind(
        chain, cursor, ancestor.map(header -> new Progress.Cursor(header.ref(), header.time())));
    reached = ancestor.map(BlockHeader::number).orElse(firstBlock - 1);
    return true;
  }

  private boolean isPatienceOver() {
    var now = clock.instant();
    if (shorterSince == null) {
      shorterSince = now;
    }
    return Duration.between(shorterSince, now).compareTo(PATIENCE) >= 0;
  }
}
