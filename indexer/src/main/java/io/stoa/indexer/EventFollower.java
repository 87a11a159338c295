package io.stoa.indexer;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRefused;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.chain.rpc.RpcUnavailable;
import io.stoa.domain.Address;
import io.stoa.domain.BlockRef;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import io.stoa.persistence.mirror.MirrorWriter;
import io.stoa.persistence.mirror.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the registry's events from the chain into the mirror, one stretch of blocks after the
 * other. Close to the head logs are read by block hash: an empty answer then speaks of that very
 * block. Far behind, by ranges that shrink when a node refuses them. A parent that does not fit
 * means another fork: back to the last common block, and on from there.
 */
public final class EventFollower {
  private static final System.Logger LOG = System.getLogger(EventFollower.class.getName());

  /** Blocks below the head that are read one by one, since they may still be replaced. */
  private static final int NEAR = 64;

  private static final int LONGEST_STRETCH = 10_000;

  private final Rpc rpc;
  private final ChainId chain;
  private final LogFilter filter;
  private final long firstBlock;
  private final MirrorWriter mirror;
  private int stretch = LONGEST_STRETCH;
  private volatile long head = -1;
  private volatile long reached = -1;

  /**
   * @param firstBlock the block in which the registry was deployed
   */
  public EventFollower(
      Rpc rpc, ChainId chain, Address registry, long firstBlock, MirrorWriter mirror) {
    this.rpc = rpc;
    this.chain = chain;
    this.filter = LogFilter.of(registry);
    this.firstBlock = firstBlock;
    this.mirror = mirror;
  }

  /** The newest block that was seen; -1 before the first look. */
  public long head() {
    return head;
  }

  /** The last block that is in the mirror; -1 before the first look. */
  public long reached() {
    return reached;
  }

  /**
   * Goes one stretch further, or back from a fork that is gone. Returns false when there is nothing
   * to do. Blocks; what it throws left the mirror unchanged and may be tried again.
   */
  public boolean step() {
    var cursor = mirror.cursor(chain).map(Progress.Cursor::block);
    var batch = rpc.batch();
    var newest = batch.add(RpcRequest.block(BlockId.LATEST));
    var present =
        batch.add(RpcRequest.block(BlockId.of(cursor.map(BlockRef::number).orElse(firstBlock))));
    batch.send();
    var top = newest.get().orElseThrow(() -> new RpcUnavailable("the node has no newest block"));
    head = top.number();
    reached = cursor.map(BlockRef::number).orElse(firstBlock - 1);
    if (cursor.isPresent()
        && !present.get().map(BlockHeader::hash).equals(cursor.map(BlockRef::hash))) {
      unwind(cursor.get());
      return true;
    }
    long from = reached + 1;
    if (from > head) {
      return false;
    }
    long to = head - from < NEAR ? head : Math.min(from + stretch - 1, head - NEAR);
    if (to > head - NEAR) {
      advance(cursor, blockByBlock(cursor, from, to));
    } else {
      try {
        advance(cursor, inOneStretch(from, to));
        stretch = Math.min(stretch * 2, LONGEST_STRETCH);
      } catch (RpcRefused tooMuch) {
        if (stretch == 1) {
          throw tooMuch;
        }
        stretch = Math.max(1, stretch / 4);
      }
    }
    return true;
  }

  private void advance(Optional<BlockRef> cursor, Progress progress) {
    mirror.advance(chain, cursor, progress);
    reached = progress.to().block().number();
    if (!progress.facts().isEmpty()) {
      LOG.log(
          INFO,
          "mirror advanced: block={0} head={1} facts={2}",
          Long.toString(reached),
          Long.toString(head),
          progress.facts().size());
    }
  }

  private Progress blockByBlock(Optional<BlockRef> cursor, long from, long to) {
    var headers = headers(from, to);
    var parent = cursor.map(BlockRef::hash);
    for (var header : headers) {
      if (parent.isPresent() && !parent.get().equals(header.parent())) {
        throw new RpcUnavailable("the chain changed while it was read");
      }
      parent = Optional.of(header.hash());
    }
    var logs =
        rpc.askAll(headers.stream().map(header -> RpcRequest.logs(filter, header.hash())).toList());
    return progress(headers, logs.stream().flatMap(List::stream).toList());
  }

  private Progress inOneStretch(long from, long to) {
    var batch = rpc.batch();
    var found = batch.add(RpcRequest.logs(filter, from, to));
    var last = batch.add(RpcRequest.block(BlockId.of(to)));
    batch.send();
    var numbers =
        found.get().stream()
            .map(log -> log.block().number())
            .filter(number -> number != to)
            .distinct()
            .map(number -> RpcRequest.block(BlockId.of(number)))
            .toList();
    var headers = new ArrayList<BlockHeader>();
    rpc.askAll(numbers).forEach(block -> headers.add(known(block)));
    headers.add(known(last.get()));
    return progress(headers, found.get());
  }

  private List<BlockHeader> headers(long from, long to) {
    var numbers = new ArrayList<RpcRequest<Optional<BlockHeader>>>();
    for (long number = from; number <= to; number++) {
      numbers.add(RpcRequest.block(BlockId.of(number)));
    }
    return rpc.askAll(numbers).stream().map(EventFollower::known).toList();
  }

  private static BlockHeader known(Optional<BlockHeader> block) {
    return block.orElseThrow(() -> new RpcUnavailable("the chain changed while it was read"));
  }

  /** Logs of a block that is not the one whose header was read belong to another fork. */
  private static Progress progress(List<BlockHeader> headers, List<Log> logs) {
    Map<Bytes32, Instant> times = new HashMap<>();
    headers.forEach(header -> times.put(header.hash(), header.time()));
    var projection = new Projection();
    for (var log : logs) {
      var time = times.get(log.block().hash());
      if (time == null) {
        throw new RpcUnavailable("the chain changed while it was read");
      }
      projection.add(log, time);
    }
    var last = headers.getLast();
    return new Progress(
        new Progress.Cursor(last.ref(), last.time()),
        headers.stream().map(header -> new Progress.Block(header.ref(), header.parent())).toList(),
        logs.stream().map(EventFollower::raw).toList(),
        projection.facts(),
        projection.dead());
  }

  private static Progress.RawLog raw(Log log) {
    return new Progress.RawLog(
        log.block(), log.index(), log.transaction(), log.address(), log.topics(), log.data());
  }

  private void unwind(BlockRef cursor) {
    var candidate = mirror.knownBelow(chain, cursor.number());
    while (candidate.isPresent()) {
      var ours = candidate.get();
      var theirs = rpc.block(ours.number());
      if (theirs.map(BlockHeader::hash).equals(Optional.of(ours.hash()))) {
        unwind(cursor, theirs.get());
        return;
      }
      candidate = mirror.knownBelow(chain, ours.number());
    }
    var before =
        rpc.block(Math.max(0, firstBlock - 1))
            .orElseThrow(() -> new RpcUnavailable("the chain ends before the market's contracts"));
    unwind(cursor, before);
  }

  private void unwind(BlockRef cursor, BlockHeader ancestor) {
    LOG.log(
        WARNING,
        "reorganisation: mirror goes back from={0} to={1}",
        Long.toString(cursor.number()),
        Long.toString(ancestor.number()));
    mirror.unwind(chain, cursor, new Progress.Cursor(ancestor.ref(), ancestor.time()));
    reached = ancestor.number();
  }
}
