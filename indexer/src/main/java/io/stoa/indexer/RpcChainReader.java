package io.stoa.indexer;

import io.stoa.chain.rpc.BlockHeader;
import io.stoa.chain.rpc.BlockId;
import io.stoa.chain.rpc.Log;
import io.stoa.chain.rpc.LogFilter;
import io.stoa.chain.rpc.Rpc;
import io.stoa.chain.rpc.RpcRequest;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes32;
import io.stoa.domain.ChainId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** One registry on the chain behind an RPC. */
final class RpcChainReader implements ChainReader {
  /** What every node takes in one batch. */
  private static final int LONGEST_BATCH = 100;

  private final Rpc rpc;
  private final LogFilter registry;

  RpcChainReader(Rpc rpc, Address registry) {
    this.rpc = rpc;
    this.registry = LogFilter.of(registry);
  }

  @Override
  public ChainId chain() {
    return rpc.chainId();
  }

  @Override
  public BlockHeader head() {
    return rpc.head();
  }

  @Override
  public List<BlockHeader> blocks(List<Long> numbers) {
    return this.<Long, Optional<BlockHeader>>askAll(
            numbers, number -> RpcRequest.block(BlockId.of(number)))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public List<Log> logs(List<BlockHeader> blocks) {
    return this.<BlockHeader, List<Log>>askAll(
            blocks, block -> RpcRequest.logs(registry, block.hash()))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Takes an empty answer only from a node that has the last block, and the same one before and
   * after. Takes a log only from a block that is on the present fork.
   */
  @Override
  public Optional<Stretch> stretch(long from, long to) {
    var batch = rpc.batch();
    var first = batch.add(RpcRequest.block(BlockId.of(from)));
    var before = batch.add(RpcRequest.block(BlockId.of(to)));
    var logs = batch.add(RpcRequest.logs(registry, from, to));
    var after = batch.add(RpcRequest.block(BlockId.of(to)));
    batch.send();
    if (first.get().isEmpty() || before.get().isEmpty() || !before.get().equals(after.get())) {
      return Optional.empty();
    }
    return headersOf(logs.get(), before.get().get())
        .map(blocks -> new Stretch(first.get().get(), blocks, logs.get()));
  }

  /** Empty if a log's block is not the one that now has its number. */
  private Optional<List<BlockHeader>> headersOf(List<Log> logs, BlockHeader last) {
    Map<Long, Bytes32> hashes = new TreeMap<>();
    for (var log : logs) {
      var other = hashes.putIfAbsent(log.block().number(), log.block().hash());
      if (other != null && !other.equals(log.block().hash())) {
        return Optional.empty();
      }
    }
    hashes.put(last.number(), last.hash());
    var headers = blocks(List.copyOf(hashes.keySet()));
    var known = new HashMap<Long, Bytes32>();
    headers.forEach(header -> known.put(header.number(), header.hash()));
    return known.equals(hashes) ? Optional.of(headers) : Optional.empty();
  }

  private <Q, A> List<A> askAll(List<Q> questions, Function<Q, RpcRequest<A>> request) {
    var answers = new ArrayList<A>(questions.size());
    for (int start = 0; start < questions.size(); start += LONGEST_BATCH) {
      int end = Math.min(start + LONGEST_BATCH, questions.size());
      answers.addAll(rpc.askAll(questions.subList(start, end).stream().map(request).toList()));
    }
    return answers;
  }
}
